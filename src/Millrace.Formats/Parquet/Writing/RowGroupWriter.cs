using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Collects rows as the pages of one row group after another.</summary>
internal sealed class RowGroupWriter : IDisposable
{
    private const int StepsPerGroup = 8;

    private readonly SchemaWriter _schema;
    private readonly ParquetOptions _options;
    private readonly PageArena _arena = new();
    private readonly ColumnChunkWriter[] _chunks;
    private readonly NestedColumnWriter?[] _nested;

    public RowGroupWriter(SchemaWriter schema, ParquetOptions options)
    {
        _schema = schema;
        _options = options;
        LeafEncoding.CheckColumns(schema.Leaves, options);
        _chunks = [.. schema.Leaves.Select(l => new ColumnChunkWriter(l, options, _arena))];
        _nested = [.. schema.Roots.Select(r => r.IsLeaf ? null : new NestedColumnWriter(r, _chunks))];
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

    /// <summary>How many rows of a batch to append at a time, so that pages and groups do not exceed their sizes by much.</summary>
    public int Step(RecordBatch batch)
    {
        long rowBytes = Math.Max(1, batch.ByteSize / batch.Length);
        long rows = _options.RowGroupBytes / StepsPerGroup / rowBytes;
        return (int)Math.Clamp(rows, 1, Math.Min(_options.PageRows, _options.RowGroupRows - Rows));
    }

    public void Append(RecordBatch batch, int start, int count)
    {
        for (int i = 0; i < _schema.Roots.Length; i++)
        {
            if (_nested[i] is { } nested)
            {
                nested.Append(batch[i], start, count);
            }
            else
            {
                _chunks[_schema.Roots[i].Leaf].AppendFlat(batch[i], start, count);
            }
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
            if (summary.Dictionary is { } dictionary)
            {
                await CopyAsync(dictionary, target, cancellation).ConfigureAwait(false);
            }

            foreach (WrittenPage page in summary.Pages)
            {
                await CopyAsync(page, target, cancellation).ConfigureAwait(false);
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
        foreach (NestedColumnWriter? nested in _nested)
        {
            nested?.Dispose();
        }

        foreach (ColumnChunkWriter chunk in _chunks)
        {
            chunk.Dispose();
        }

        _arena.Dispose();
    }

    private async ValueTask CopyAsync(WrittenPage page, TargetWriter target, CancellationToken cancellation)
    {
        for (long at = 0; at < page.Length;)
        {
            ReadOnlyMemory<byte> bytes = _arena.Slice(page.Position + at, page.Length - at);
            await target.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            at += bytes.Length;
        }
    }
}
