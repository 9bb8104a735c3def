using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Writes the column chunks of one leaf, one per row group, page by page into an arena. One thread at a time uses it.</summary>
internal sealed unsafe class ColumnChunkWriter : IDisposable
{
    private readonly LeafLayout _leaf;
    private readonly ParquetOptions _options;
    private readonly BloomFilterBuilder? _bloom;
    private readonly ValueWriter _values;
    private readonly LevelBuffer? _definitions;
    private readonly LevelBuffer? _repetitions;
    private readonly PageWriter _pages;
    private readonly PageArena _arena;
    private readonly ByteBuffer _body;
    private readonly ByteBuffer _selected;
    private ColumnChunkSummary _chunk;
    private int _pageRows;

    public ColumnChunkWriter(LeafLayout leaf, LeafEncoding encoding, ParquetOptions options, PageWriter pages, PageArena arena, WriteScratch scratch)
    {
        _pages = pages;
        _body = scratch.Page;
        _selected = scratch.Rows;
        _leaf = leaf;
        _options = options;
        _arena = arena;
        _bloom = options.BloomFilters?.Contains(leaf.Name) == true ? new BloomFilterBuilder(options.BloomFilterFalsePositives) : null;
        _values = ValueWriterFactory.Create(leaf, encoding, options, _bloom, scratch);
        _definitions = leaf.MaxDefinition > 0 ? new LevelBuffer(leaf.MaxDefinition, (byte)leaf.MaxDefinition) : null;
        _repetitions = leaf.MaxRepetition > 0 ? new LevelBuffer(leaf.MaxRepetition, 0) : null;
        _chunk = new ColumnChunkSummary(leaf, _pages.Codec);
    }

    /// <summary>Memory that the values of the unfinished page take, in bytes.</summary>
    public long PageBytes => _values.PageBytes;

    /// <summary>Memory that the dictionary takes, in bytes.</summary>
    public long DictionaryMemory => _values.DictionaryMemory;

    /// <summary>Appends rows of a column that is not nested in another.</summary>
    public void AppendFlat(Column column, int start, int count)
    {
        while (count > 0)
        {
            int step = StepRows(column, start, Math.Min(count, _options.PageRows - _pageRows));
            AppendFlatStep(column, start, step);
            start += step;
            count -= step;
            EndRows(step);
        }
    }

    /// <summary>Appends whole rows of a column inside others, as levels and the values that are there.</summary>
    public void AppendNested(int rows, ReadOnlySpan<byte> definitions, ReadOnlySpan<byte> repetitions, Column column, RowSelection present)
    {
        _definitions?.Append(definitions);
        _repetitions?.Append(repetitions);
        AppendValues(column, present);
        EndRows(rows);
    }

    /// <summary>Ends the page, if it has any rows.</summary>
    public void EndPage()
    {
        if (_pageRows == 0)
        {
            return;
        }

        int values = _values.PageValues;
        int entries = _definitions?.Count ?? values;
        long? unencoded = _values.UnencodedBytes;
        Bounds? bounds = _values.TakeBounds();
        _body.Truncate();
        bool second = _options.DataPageVersion == 2;
        int repetitionLength = AppendLevels(_repetitions, withLength: !second);
        int definitionLength = AppendLevels(_definitions, withLength: !second);
        int levels = second ? _body.Length : 0;
        ParquetEncoding encoding = _values.EncodePage(_body);
        PageHeader header = second
            ? new PageHeader
            {
                Type = PageType.DataPageV2,
                DataPageV2 = new DataPageHeaderV2
                {
                    ValueCount = entries,
                    NullCount = entries - values,
                    RowCount = _pageRows,
                    Encoding = encoding,
                    DefinitionLength = definitionLength,
                    RepetitionLength = repetitionLength,
                },
            }
            : new PageHeader
            {
                Type = PageType.DataPage,
                DataPage = new DataPageHeader
                {
                    ValueCount = entries,
                    Encoding = encoding,
                    DefinitionEncoding = ParquetEncoding.Rle,
                    RepetitionEncoding = ParquetEncoding.Rle,
                },
            };
        _chunk.Add(
            new WrittenPage(_pages.Write(header, _body.Written[..levels], _body.Written[levels..], _arena))
            {
                Type = header.Type,
                Encoding = encoding,
                FirstRow = _chunk.Rows,
                Rows = _pageRows,
                Entries = entries,
                Nulls = entries - values,
                Bounds = bounds,
                UnencodedBytes = unencoded,
                RepetitionHistogram = _repetitions?.Histogram.ToArray(),
                DefinitionHistogram = _leaf.MaxDefinition > 1 ? _definitions?.Histogram.ToArray() : null,
            },
            _values);
        _definitions?.Clear();
        _repetitions?.Clear();
        _pageRows = 0;
        if (_values.HasClosedDictionary)
        {
            WriteDictionary();
        }
    }

    /// <summary>Gives the memory of the dictionary free: pages from the next on go without.</summary>
    public void CloseDictionary()
    {
        _values.CloseDictionary();
        EndPage();
        if (_values.HasClosedDictionary)
        {
            WriteDictionary();
        }
    }

    /// <summary>Ends the chunk; its pages lie in the arena.</summary>
    public ColumnChunkSummary Finish()
    {
        EndPage();
        WriteDictionary();
        _values.StartChunk();
        ColumnChunkSummary finished = _chunk;
        _chunk = new ColumnChunkSummary(_leaf, _pages.Codec);
        return finished;
    }

    /// <summary>The column index of a finished chunk.</summary>
    public ColumnIndex? IndexColumns(ColumnChunkSummary chunk) => _options.Statistics ? PageIndexes.Columns(chunk, _values) : null;

    /// <summary>The bloom filter of the chunk that was finished last, which the caller owns; null without one.</summary>
    public NativeBuffer? TakeBloomFilter(out int length)
    {
        length = 0;
        return _bloom?.Build(out length);
    }

    public void Dispose()
    {
        _bloom?.Dispose();
        _values.Dispose();
        _definitions?.Dispose();
        _repetitions?.Dispose();
    }

    // As many rows as a page has room for, but one at least.
    private int StepRows(Column column, int start, int count)
    {
        if (column is not BinaryColumn bytes)
        {
            return count;
        }

        ReadOnlySpan<int> ends = bytes.Offsets.Slice(start + 1, count);
        long limit = bytes.Offsets[start] + _options.PageBytes - _values.PageBytes;
        if (ends[^1] <= limit)
        {
            return count;
        }

        int fitting = ends.BinarySearch((int)Math.Max(limit, 0));
        return Math.Max(1, fitting < 0 ? ~fitting : fitting);
    }

    private void AppendFlatStep(Column column, int start, int count)
    {
        Bitmap validity = column.Validity.Slice(start, count);
        int valid = column.HasNulls ? validity.CountOnes() : count;
        if (valid == count)
        {
            _definitions?.AppendUsual(count);
            AppendValues(column, RowSelection.Run(start, count));
            return;
        }

        if (_definitions is null)
        {
            throw ParquetWriteErrors.Null(_leaf.Name);
        }

        _definitions.AppendBits(validity, valid);
        _selected.Truncate();
        var rows = (int*)_selected.Reserve(valid * sizeof(int));
        BitRows.Fill(validity, start, rows);
        AppendValues(column, RowSelection.Of(rows, valid));
    }

    private void AppendValues(Column column, RowSelection rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        if (column is DictionaryColumn dictionary)
        {
            // The rows give way to the indices that stand in them.
            int* indices = (int*)_selected.Reserve(rows.Count * sizeof(int));
            ReadOnlySpan<int> all = dictionary.Indices;
            for (int i = 0; i < rows.Count; i++)
            {
                indices[i] = all[rows.IsRun ? rows.Start + i : rows.Rows[i]];
            }

            column = dictionary.Dictionary;
            rows = RowSelection.Of(indices, rows.Count);
        }

        _values.Append(column, rows);
    }

    private void EndRows(int rows)
    {
        _pageRows += rows;
        if (_pageRows >= _options.PageRows || _values.PageBytes >= _options.PageBytes || _values.PageMustEnd)
        {
            EndPage();
        }
    }

    // It need not lie before the pages in the arena, only in the file.
    private void WriteDictionary()
    {
        _body.Truncate();
        int distinct = _values.TakeDictionary(_body);
        if (distinct == 0)
        {
            return;
        }

        var header = new PageHeader
        {
            Type = PageType.DictionaryPage,
            DictionaryPage = new DictionaryPageHeader { ValueCount = distinct, Encoding = ParquetEncoding.Plain },
        };
        _chunk.AddDictionary(_pages.Write(header, [], _body.Written, _arena));
    }

    // Returns the bytes of the levels.
    private int AppendLevels(LevelBuffer? levels, bool withLength)
    {
        if (levels is null)
        {
            return 0;
        }

        int start = _body.Length;
        if (withLength)
        {
            _body.AppendInt32(0);
        }

        levels.Encode(_body);
        int length = _body.Length - start;
        if (withLength)
        {
            _body.PutInt32(start, length - sizeof(int));
        }

        return length;
    }
}
