using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Writes batches as a Parquet file. Pages are encoded and compressed as they fill up and wait in pooled memory until their
/// row group is full, so memory depends on the size of a row group and not on that of the file.
/// </summary>
public sealed class ParquetWriter : IBatchWriter
{
    private static readonly byte[] Magic = "PAR1"u8.ToArray();
    private static readonly string CreatedBy = $"Millrace version {typeof(ParquetWriter).Assembly.GetName().Version?.ToString(3)}";

    private readonly Schema _schema;
    private readonly ParquetOptions _options;
    private readonly SchemaWriter _elements;
    private readonly RowGroupWriter _group;
    private readonly TargetWriter _target;
    private readonly IndexStore _indexes = new();
    private readonly List<RowGroup> _groups = [];

    /// <param name="target">Where the file goes, from its first byte on. Stays the caller's.</param>
    /// <param name="schema">Schema of the batches.</param>
    /// <param name="options">How to write.</param>
    public ParquetWriter(IByteTarget target, Schema schema, ParquetOptions options)
    {
        _schema = schema;
        _options = options;
        _elements = new SchemaWriter(schema);
        _group = new RowGroupWriter(_elements, options);
        _target = new TargetWriter(target);
    }

    public long Rows { get; private set; }

    public long EstimatedBytes => _target.Position + _group.PendingBytes;

    public long BufferedBytes => _group.PendingBytes;

    /// <summary>The footer of the file once it is finished, for those who keep figures of it elsewhere; null before.</summary>
    public FileMetadata? Footer { get; private set; }

    public ValueTask FlushAsync(CancellationToken cancellation) => _group.Rows > 0 ? FlushGroupAsync(cancellation) : ValueTask.CompletedTask;

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        for (int start = 0; start < batch.Length;)
        {
            int rows = Math.Min(batch.Length - start, _group.Step(batch));
            _group.Append(batch, start, rows);
            start += rows;
            Rows += rows;
            if (_group.IsFull)
            {
                await FlushGroupAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        if (_group.Rows > 0)
        {
            await FlushGroupAsync(cancellation).ConfigureAwait(false);
        }

        await StartAsync(cancellation).ConfigureAwait(false);
        await _indexes.WriteAsync(_groups, _target, cancellation).ConfigureAwait(false);
        var footer = new ThriftWriter();
        Footer = Describe();
        footer.Root(Footer);
        await _target.WriteAsync(footer.Written, cancellation).ConfigureAwait(false);
        var end = new byte[sizeof(int) + Magic.Length];
        BinaryPrimitives.WriteInt32LittleEndian(end, footer.Written.Length);
        Magic.CopyTo(end, sizeof(int));
        await _target.WriteAsync(end, cancellation).ConfigureAwait(false);
        await _target.FlushAsync(cancellation).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _group.Dispose();
        _indexes.Dispose();
        _target.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask FlushGroupAsync(CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        RowGroup group = await _group.FlushAsync(_target, _indexes, cancellation).ConfigureAwait(false);
        group.Ordinal = _groups.Count <= short.MaxValue ? (short)_groups.Count : null;
        _groups.Add(group);
    }

    private async ValueTask StartAsync(CancellationToken cancellation)
    {
        if (_target.Position == 0)
        {
            await _target.WriteAsync(Magic, cancellation).ConfigureAwait(false);
        }
    }

    private FileMetadata Describe()
    {
        var keyValues = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in _schema.Metadata)
        {
            keyValues[key] = value;
        }

        foreach ((string key, string value) in _options.Metadata ?? new Dictionary<string, string>())
        {
            keyValues[key] = value;
        }

        return new FileMetadata
        {
            Version = _options.DataPageVersion,
            Schema = _elements.Elements,
            RowCount = Rows,
            RowGroups = _groups,
            KeyValues = keyValues.Count == 0 ? null : [.. keyValues.Select(p => new KeyValue { Key = p.Key, Value = p.Value })],
            CreatedBy = CreatedBy,
            ColumnOrders = [.. _elements.Leaves.Select(_ => new ConstantUnion())],
        };
    }
}
