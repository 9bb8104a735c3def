using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Collects rows as the pages of one row group after another.</summary>
internal sealed class RowGroupWriter : IDisposable
{
    private readonly SchemaWriter _schema;
    private readonly ParquetOptions _options;
    private readonly PageArena _arena = new();
    private readonly ColumnChunkWriter[] _chunks;

    public RowGroupWriter(SchemaWriter schema, ParquetOptions options)
    {
        _schema = schema;
        _options = options;
        if (schema.Roots.FirstOrDefault(r => !r.IsLeaf) is { } nested)
        {
            throw ParquetWriteErrors.Type(nested.Field.Name, nested.Field.Type);
        }

        _chunks = [.. schema.Leaves.Select(l => new ColumnChunkWriter(l, options, _arena))];
    }

    /// <summary>Rows of the current group.</summary>
    public int Rows { get; private set; }

    /// <summary>Memory that finished and unfinished pages take, in bytes.</summary>
    public long PendingBytes
    {
        get
        {
            long bytes = _arena.Length;
            foreach (ColumnChunkWriter chunk in _chunks)
            {
                bytes += chunk.PendingBytes;
            }

            return bytes;
        }
    }

    public bool IsFull => Rows >= _options.RowGroupRows || PendingBytes >= _options.RowGroupBytes;

    /// <summary>How many of some rows fit before the group has to be looked at again.</summary>
    public int Room(int rows) => Math.Min(rows, Math.Min(_options.PageRows, _options.RowGroupRows - Rows));

    public void Append(RecordBatch batch, int start, int count)
    {
        for (int i = 0; i < _schema.Roots.Length; i++)
        {
            _chunks[_schema.Roots[i].Leaf].AppendFlat(batch[i], start, count);
        }

        Rows += count;
    }

    /// <summary>Writes the group and starts another.</summary>
    public async ValueTask<RowGroup> FlushAsync(TargetWriter target, CancellationToken cancellation)
    {
        long start = target.Position;
        var group = new RowGroup { RowCount = Rows, FileOffset = start };
        foreach (ColumnChunkWriter chunk in _chunks)
        {
            ColumnChunkSummary summary = chunk.Finish();
            long offset = target.Position;
            foreach (WrittenPage page in summary.Pages)
            {
                for (long at = 0; at < page.Length;)
                {
                    ReadOnlyMemory<byte> bytes = _arena.Slice(page.Position + at, page.Length - at);
                    await target.WriteAsync(bytes, cancellation).ConfigureAwait(false);
                    at += bytes.Length;
                }
            }

            group.Columns.Add(summary.Describe(offset, _options.Statistics));
            group.TotalByteSize += summary.UncompressedSize;
        }

        group.TotalCompressedSize = target.Position - start;
        _arena.Clear();
        Rows = 0;
        return group;
    }

    public void Dispose()
    {
        foreach (ColumnChunkWriter chunk in _chunks)
        {
            chunk.Dispose();
        }

        _arena.Dispose();
    }
}
