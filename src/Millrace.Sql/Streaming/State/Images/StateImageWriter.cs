using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Writes the state of a query as bytes. One thread uses it.</summary>
public sealed class StateImageWriter : IStateSink, IDisposable
{
    private const int FlushBytes = 1 << 20;

    private readonly StateManifest _manifest;
    private readonly Action<ReadOnlyMemory<byte>> _write;
    private readonly ByteBuffer _bytes = new(64 << 10);
    private readonly Dictionary<(string Part, string Table), (int Part, int Table)> _tables = [];
    private long _blocks;

    /// <param name="manifest">What the query keeps.</param>
    /// <param name="write">Takes the bytes, which are borrowed, in pieces.</param>
    public StateImageWriter(StateManifest manifest, Action<ReadOnlyMemory<byte>> write)
    {
        (_manifest, _write) = (manifest, write);
        for (int part = 0; part < manifest.Parts.Count; part++)
        {
            for (int table = 0; table < manifest.Parts[part].Tables.Count; table++)
            {
                _tables.Add((manifest.Parts[part].Id, manifest.Parts[part].Tables[table].Name), (part, table));
            }
        }

        _bytes.Write(StateImage.Magic);
        int start = Begin(StateImage.Manifest);
        _bytes.Write(_manifest.ToBytes());
        End(start);
    }

    /// <summary>Rows of state so far.</summary>
    public long Rows { get; private set; }

    public void Write(string stage, string table, StateChange change, RecordBatch rows)
    {
        (int partNumber, int tableNumber) = _tables[(stage, table)];
        Span<byte> header = stackalloc byte[StateImage.RowsHeaderBytes - 1];
        for (int first = 0; first < rows.Length; first += StateImage.BlockRows)
        {
            using RecordBatch piece = rows.Slice(first, Math.Min(StateImage.BlockRows, rows.Length - first));
            int start = Begin(StateImage.Rows);
            BinaryPrimitives.WriteUInt16LittleEndian(header, checked((ushort)partNumber));
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], checked((ushort)tableNumber));
            header[4] = (byte)change;
            BinaryPrimitives.WriteInt32LittleEndian(header[5..], piece.Length);
            _bytes.Write(header);
            foreach (Column column in piece.Columns)
            {
                SpillColumns.Write(column, _bytes);
            }

            End(start);
            _blocks++;
            Rows += piece.Length;
            if (_bytes.Length >= FlushBytes)
            {
                Flush();
            }
        }
    }

    /// <summary>Writes the end and hands over what is left.</summary>
    public void Complete()
    {
        int start = Begin(StateImage.End);
        Span<byte> blocks = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(blocks, _blocks);
        _bytes.Write(blocks);
        End(start);
        Flush();
    }

    public void Dispose() => _bytes.Dispose();

    private int Begin(byte kind)
    {
        int start = _bytes.Length;
        _bytes.GetSpan(StateImage.BlockHeaderBytes);
        _bytes.Advance(StateImage.BlockHeaderBytes);
        _bytes.Write(kind);
        return start;
    }

    private void End(int start)
    {
        Span<byte> header = _bytes.Written[start..];
        Span<byte> body = header[StateImage.BlockHeaderBytes..];
        BinaryPrimitives.WriteInt32LittleEndian(header, body.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[4..], Checksum.Of(0, body));
    }

    private void Flush()
    {
        _write(_bytes.WrittenMemory);
        _bytes.Truncate();
    }
}
