using Millrace.Columnar;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Parquet;

/// <summary>Collects rows as the pages of one row group after another.</summary>
internal sealed class RowGroupWriter : IDisposable
{
    private const int StepsPerGroup = 8;
    private const int DefaultBytesPerLeaf = 64 << 10;
    private const int DictionaryWeight = 4;
    private const int MinDefaultBytes = 8 << 20;
    private const int MaxDefaultBytes = 12 << 20;

    // What the unfinished pages of all columns may take, and what their dictionaries may.
    private const int MaxUnfinished = 6 << 20;
    private const int MaxDictionaries = 10 << 20;

    private readonly SchemaWriter _schema;
    private readonly ParquetOptions _options;
    private readonly int _limit;
    private readonly PageArena _arena = new();
    private readonly WriteScratch _scratch = new();
    private readonly PageWriter _pages;
    private readonly ColumnChunkWriter[] _chunks;
    private readonly NestedColumnWriter?[] _nested;

    public RowGroupWriter(SchemaWriter schema, ParquetOptions options)
    {
        _schema = schema;
        _options = options;
        _limit = options.RowGroupBytes ?? Math.Clamp(schema.Leaves.Count * DefaultBytesPerLeaf, MinDefaultBytes, MaxDefaultBytes);
        LeafEncoding.CheckColumns(schema.Leaves, options);
        _pages = new PageWriter(options.Compression.ToCodec(), options.CompressionLevel ?? BlockCodec.DefaultLevel, options.PageChecksums);
        _chunks = [.. schema.Leaves.Select(l => new ColumnChunkWriter(l, LeafEncoding.For(l, schema.Leaves.Count, options), options, _pages, _arena, _scratch))];
        _nested = [.. schema.Roots.Select(r => r.IsLeaf ? null : new NestedColumnWriter(r, _chunks))];
    }

    /// <summary>Rows of the current group.</summary>
    public int Rows { get; private set; }

    /// <summary>Bytes of the finished pages, the unfinished ones and the dictionaries.</summary>
    public long PendingBytes => _arena.Length + Unfinished + DictionaryMemory;

    /// <summary>Dictionaries cannot be compressed before the group ends, so they have a limit of their own.</summary>
    public bool IsFull => Rows >= _options.RowGroupRows || _arena.Length >= _limit || DictionaryMemory / DictionaryWeight >= _limit;

    private long Unfinished
    {
        get
        {
            long bytes = 0;
            foreach (ColumnChunkWriter chunk in _chunks)
            {
                bytes += chunk.PageBytes;
            }

            return bytes;
        }
    }

    private long DictionaryMemory
    {
        get
        {
            long bytes = 0;
            foreach (ColumnChunkWriter chunk in _chunks)
            {
                bytes += chunk.DictionaryMemory;
            }

            return bytes;
        }
    }

    /// <summary>How many rows of a batch to append at a time, so that pages and groups do not exceed their sizes by much.</summary>
    public int Step(RecordBatch batch)
    {
        long rowBytes = Math.Max(1, batch.ByteSize / batch.Length);
        long rows = _limit / StepsPerGroup / rowBytes;
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

        // With many columns their pages would take much memory before the first of them is full.
        if (Unfinished >= Math.Min(_limit, MaxUnfinished))
        {
            foreach (ColumnChunkWriter chunk in _chunks)
            {
                chunk.EndPage();
            }
        }

        while (DictionaryMemory > MaxDictionaries)
        {
            _chunks.MaxBy(c => c.DictionaryMemory)!.CloseDictionary();
        }
    }

    /// <summary>Writes the group and starts another.</summary>
    public async ValueTask<RowGroup> FlushAsync(TargetWriter target, IndexStore indexes, CancellationToken cancellation)
    {
        long start = target.Position;
        var group = new RowGroup { RowCount = Rows, FileOffset = start };
        foreach (ColumnChunkWriter writer in _chunks)
        {
            ColumnChunkSummary summary = writer.Finish();
            ColumnChunk chunk = summary.Describe(target.Position, _options.Statistics);
            if (summary.Dictionary is { } dictionary)
            {
                await _arena.CopyToAsync(dictionary.Position, dictionary.Length, target, cancellation).ConfigureAwait(false);
            }

            foreach (WrittenPage page in summary.Pages)
            {
                await _arena.CopyToAsync(page.Place.Position, page.Place.Length, target, cancellation).ConfigureAwait(false);
            }

            if (_options.PageIndex)
            {
                indexes.Add(chunk, writer.IndexColumns(summary), PageIndexes.Offsets(summary, chunk.Metadata!.DataPageOffset));
            }

            group.Columns.Add(chunk);
            group.TotalByteSize += summary.UncompressedSize;
        }

        group.TotalCompressedSize = target.Position - start;
        _arena.Clear();
        Rows = 0;
        await WriteBloomFiltersAsync(group, target, cancellation).ConfigureAwait(false);
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

        _pages.Dispose();
        _scratch.Dispose();
        _arena.Dispose();
    }

    private async ValueTask WriteBloomFiltersAsync(RowGroup group, TargetWriter target, CancellationToken cancellation)
    {
        for (int i = 0; i < _chunks.Length; i++)
        {
            using NativeBuffer? filter = _chunks[i].TakeBloomFilter(out int length);
            if (filter is null)
            {
                continue;
            }

            var header = new ThriftWriter();
            header.Root(new BloomFilterHeader { ByteCount = length });
            ColumnMetadata metadata = group.Columns[i].Metadata!;
            metadata.BloomFilterOffset = target.Position;
            metadata.BloomFilterLength = header.Written.Length + length;
            await target.WriteAsync(header.Written, cancellation).ConfigureAwait(false);
            await target.WriteAsync(filter.Memory[..length], cancellation).ConfigureAwait(false);
        }
    }
}
