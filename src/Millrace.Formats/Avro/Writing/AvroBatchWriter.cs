using System.Security.Cryptography;
using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Avro;

/// <summary>Writes an object container file.</summary>
internal sealed class AvroBatchWriter : IBatchWriter
{
    // Rows without columns take no bytes; a block of them ends all the same.
    private const int MaxBlockRows = 1 << 16;
    private const int MaxBlockHeader = 2 * AvroVarints.MaxLength;

    private readonly IByteTarget _target;
    private readonly AvroOptions _options;
    private readonly AvroType _schema;
    private readonly IReadOnlyDictionary<string, string> _metadata;
    private readonly RecordPlan _plan;
    private readonly BlockCodec _codec;
    private readonly byte[] _sync;
    private readonly AvroOutput _rows = new();
    private readonly ScratchBuffer _block = new();
    private int _blockRows;
    private bool _started;
    private long _bytesBefore;
    private long _bytesAfter;

    public AvroBatchWriter(IByteTarget target, Schema schema, AvroOptions options)
    {
        _target = target;
        _options = options;
        _schema = options.Schema is { } text ? AvroSchemaSource.Read(text) : AvroSchemaMaker.Make(schema, options.RecordName);
        _plan = EncodePlanner.PlanRows(schema, _schema);
        _codec = AvroCodecs.Find(options.Compression) ?? throw CompressionErrors.UnknownCodec(options.Compression, AvroCodecs.WritableNames);
        _metadata = schema.Metadata.SetItems(options.Metadata);
        _sync = options.SyncMarker is { } marker ? Convert.FromHexString(marker) : RandomNumberGenerator.GetBytes(AvroHeader.SyncSize);
    }

    public long Rows { get; private set; }

    public long EstimatedBytes
        => _bytesAfter + (_bytesBefore == 0 ? _rows.Length : (long)(_rows.Length * ((double)_bytesAfter / _bytesBefore)));

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        _plan.Bind(batch.Columns);
        for (int row = 0; row < batch.Length;)
        {
            row = EncodeRows(row, batch.Length);
            if (IsBlockFull)
            {
                await WriteBlockAsync(cancellation).ConfigureAwait(false);
            }
        }

        Rows += batch.Length;
    }

    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        if (_blockRows > 0)
        {
            await WriteBlockAsync(cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync()
    {
        _rows.Dispose();
        _block.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool IsBlockFull => _rows.Length >= _options.BlockBytes || _blockRows >= MaxBlockRows;

    // Encodes until the block is full and returns the row that comes next.
    private int EncodeRows(int row, int end)
    {
        EncodeNode[] fields = _plan.Nodes;
        while (row < end && !IsBlockFull)
        {
            foreach (EncodeNode field in fields)
            {
                field.Write(_rows, row);
            }

            _blockRows++;
            row++;
        }

        return row;
    }

    private async ValueTask StartAsync(CancellationToken cancellation)
    {
        if (_started)
        {
            return;
        }

        _started = true;
        using var header = new AvroOutput();
        header.WriteFixed(AvroHeader.Magic);
        var entries = _metadata.Where(e => !e.Key.StartsWith(AvroHeader.ReservedPrefix, StringComparison.Ordinal)).ToList();
        header.WriteLong(entries.Count + 2);
        WriteEntry(header, AvroHeader.SchemaKey, _schema.ToJson());
        WriteEntry(header, AvroHeader.CodecKey, _options.Compression);
        foreach ((string key, string value) in entries)
        {
            WriteEntry(header, key, value);
        }

        header.WriteLong(0);
        header.WriteFixed(_sync);
        await _target.WriteAsync(header.Memory, cancellation).ConfigureAwait(false);
        _bytesAfter += header.Length;
    }

    private async ValueTask WriteBlockAsync(CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> block = MakeBlock();
        await _target.WriteAsync(block, cancellation).ConfigureAwait(false);
        _bytesBefore += _rows.Length;
        _bytesAfter += block.Length;
        _blockRows = 0;
        _rows.Clear();
    }

    // The sizes stand before the rows but are known after them, so they go to the end of a gap.
    private ReadOnlyMemory<byte> MakeBlock()
    {
        _block.EnsureCapacity(checked(MaxBlockHeader + _codec.MaxCompressedLength(_rows.Length) + AvroHeader.SyncSize));
        Span<byte> block = _block.Span;
        int size = _codec.Compress(_rows.Span, block[MaxBlockHeader..], _options.CompressionLevel ?? BlockCodec.DefaultLevel);
        _sync.CopyTo(block[(MaxBlockHeader + size)..]);
        Span<byte> numbers = stackalloc byte[MaxBlockHeader];
        int length = AvroVarints.Write(numbers, _blockRows);
        length += AvroVarints.Write(numbers[length..], size);
        int start = MaxBlockHeader - length;
        numbers[..length].CopyTo(block[start..]);
        return _block.Memory[start..(MaxBlockHeader + size + AvroHeader.SyncSize)];
    }

    private static void WriteEntry(AvroOutput output, string key, string value)
    {
        output.WriteBytes(Encoding.UTF8.GetBytes(key));
        output.WriteBytes(Encoding.UTF8.GetBytes(value));
    }
}
