using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Reads one leaf of one row group: moves from page to page and decodes as many rows as are asked for, wherever the pages
/// end. One thread at a time uses it.
/// </summary>
internal sealed class LeafReader : IDisposable
{
    private readonly SchemaLeaf _leaf;
    private readonly PageReader _pages;
    private readonly LeafDecoder _decoder;
    private readonly LevelStore? _levels;
    private readonly OutputBuffer _validity = new();
    private readonly ErrorPlace _place;
    private readonly long _rows;
    private readonly OffsetIndex? _offsets;
    private long _entriesLeft;
    private long _row;
    private int _pageEntries;
    private int _pagesLeft = int.MaxValue;
    private bool _started;
    private LevelDecoder _definitions;
    private LevelDecoder _repetitions;
    private int _nulls;

    /// <param name="source">The file.</param>
    /// <param name="leaf">What the chunk holds.</param>
    /// <param name="chunk">Where it is.</param>
    /// <param name="rows">Rows of the row group.</param>
    /// <param name="offsets">Where its pages are, if rows shall be skipped.</param>
    /// <param name="options">Limits.</param>
    /// <param name="keepsLevels">Whether columns around the leaf are made from its levels.</param>
    /// <param name="readAhead">Bytes to read at once.</param>
    public LeafReader(IByteSource source, SchemaLeaf leaf, ColumnChunk chunk, long rows, OffsetIndex? offsets, ParquetOptions options, bool keepsLevels, int readAhead)
    {
        _leaf = leaf;
        _rows = rows;
        _offsets = offsets;
        _place = new ErrorPlace { File = source.Name, Field = leaf.Path };
        try
        {
            ColumnMetadata column = CheckChunk(chunk, leaf);
            _entriesLeft = column.ValueCount;
            _pages = new PageReader(source, column, options, readAhead);
        }
        catch (MillraceException e) when (e.Place is null)
        {
            throw e.At(_place);
        }

        _decoder = LeafDecoder.Create(leaf);
        _levels = keepsLevels ? new LevelStore(leaf) : null;
    }

    /// <summary>The levels of the rows read last; null unless they are kept.</summary>
    public LevelStore? Levels => _levels;

    /// <summary>The slots of the rows from <paramref name="row"/> on. Fewer rows than asked for are an error.</summary>
    public async ValueTask<Column> ReadAsync(long row, int rows, CancellationToken cancellation)
    {
        try
        {
            if (row > _row)
            {
                await SkipAsync(row, cancellation).ConfigureAwait(false);
            }

            await AdvanceAsync(rows, skip: false, cancellation).ConfigureAwait(false);
            return Build();
        }
        catch (MillraceException e) when (e.Place is null)
        {
            throw e.At(_place with { Offset = _pages.PageOffset });
        }
    }

    public void Dispose()
    {
        _pages.Dispose();
        _decoder.Dispose();
        _levels?.Dispose();
        _validity.Dispose();
    }

    private async ValueTask SkipAsync(long row, CancellationToken cancellation)
    {
        if (_offsets is not null)
        {
            int page = _offsets.Pages.FindLastIndex(p => p.FirstRow <= row);
            if (_offsets.Pages[page].FirstRow > _row)
            {
                await JumpAsync(page, cancellation).ConfigureAwait(false);
            }
        }

        const int step = 4096;
        while (_row < row)
        {
            await AdvanceAsync((int)Math.Min(step, row - _row), skip: true, cancellation).ConfigureAwait(false);
        }
    }

    // Goes on with a page; those before it are not read, except for the dictionary.
    private async ValueTask JumpAsync(int page, CancellationToken cancellation)
    {
        List<PageLocation> pages = _offsets!.Pages;
        if (!_started && _pages.Offset < pages[0].Offset)
        {
            await _pages.ReadHeaderAsync(cancellation).ConfigureAwait(false);
            if (_pages.Header is { Type: PageType.DictionaryPage, DictionaryPage: { } dictionary })
            {
                await _pages.ReadBodyAsync(cancellation).ConfigureAwait(false);
                SetDictionary(dictionary);
            }
        }

        _started = true;
        _pages.MoveTo(pages[page].Offset);
        _levels?.Reset();
        _pageEntries = 0;
        _pagesLeft = pages.Count - page;
        _row = pages[page].FirstRow;
        // With lists the number of entries that were passed over is not known; the pages are counted instead.
        _entriesLeft = _leaf.MaxRepetition == 0 ? _rows - _row : long.MaxValue;
    }

    private async ValueTask AdvanceAsync(int rows, bool skip, CancellationToken cancellation)
    {
        _levels?.Clear();
        for (int done = 0; ;)
        {
            if (_pageEntries == 0 && !await MoveToNextPageAsync(done, rows, cancellation).ConfigureAwait(false))
            {
                break;
            }

            done += skip ? Pass(rows - done, done) : Decode(rows - done, done);
            // A row with lists ends where the next one begins, which may be in a later page.
            if (done == rows && (_leaf.MaxRepetition == 0 || _pageEntries > 0))
            {
                break;
            }
        }

        _row += rows;
    }

    private static ColumnMetadata CheckChunk(ColumnChunk chunk, SchemaLeaf leaf)
    {
        if (chunk.CryptoMetadata is not null || chunk.Metadata is not { } column)
        {
            throw ParquetErrors.EncryptedColumn(leaf.Path);
        }

        if (chunk.FilePath is not null)
        {
            throw ParquetErrors.NotSupported($"A column chunk in another file ('{chunk.FilePath}')");
        }

        return column.Type == leaf.Physical ? column : throw ParquetErrors.Schema($"the chunk holds {column.Type}, the schema says {leaf.Physical}");
    }

    private async ValueTask<bool> MoveToNextPageAsync(int done, int rows, CancellationToken cancellation)
    {
        while (_pageEntries == 0)
        {
            if (_entriesLeft <= 0 || _pagesLeft == 0)
            {
                return done >= rows ? false : throw ParquetErrors.RowsMissing(rows - done);
            }

            _started = true;
            await _pages.ReadHeaderAsync(cancellation).ConfigureAwait(false);
            PageHeader header = _pages.Header;
            switch (header.Type)
            {
                case PageType.DataPage when header.DataPage is { } page:
                    await _pages.ReadBodyAsync(cancellation).ConfigureAwait(false);
                    Start(page);
                    break;
                case PageType.DataPageV2 when header.DataPageV2 is { } page:
                    await _pages.ReadBodyAsync(cancellation).ConfigureAwait(false);
                    Start(page);
                    break;
                case PageType.DictionaryPage when header.DictionaryPage is { } page:
                    await _pages.ReadBodyAsync(cancellation).ConfigureAwait(false);
                    SetDictionary(page);
                    break;
                default:
                    // Index pages, which nobody writes, and kinds of later versions.
                    _pages.SkipBody();
                    break;
            }
        }

        return true;
    }

    private unsafe void SetDictionary(DictionaryPageHeader header)
    {
        if (header.Encoding is not (ParquetEncoding.Plain or ParquetEncoding.PlainDictionary))
        {
            throw ParquetErrors.NotSupported($"The encoding {header.Encoding} of dictionaries");
        }

        PageBody body = _pages.TakeBody(0, compressed: true);
        _decoder.SetDictionary(body.Values, body.ValueBytes, header.ValueCount);
    }

    private unsafe void Start(DataPageHeader header)
    {
        CountEntries(header.ValueCount);
        PageBody body = _pages.TakeBody(0, compressed: true);
        byte* at = body.Values;
        int length = body.ValueBytes;
        if (_leaf.MaxRepetition > 0)
        {
            _repetitions = LevelDecoder.Start(ref at, ref length, header.RepetitionEncoding, _leaf.MaxRepetition, header.ValueCount);
        }

        if (_leaf.MaxDefinition > 0)
        {
            _definitions = LevelDecoder.Start(ref at, ref length, header.DefinitionEncoding, _leaf.MaxDefinition, header.ValueCount);
        }

        _decoder.StartPage(header.Encoding, at, length);
    }

    private unsafe void Start(DataPageHeaderV2 header)
    {
        CountEntries(header.ValueCount);
        int repetitions = header.RepetitionLength;
        int definitions = header.DefinitionLength;
        if (repetitions < 0 || definitions < 0 || definitions > int.MaxValue - repetitions)
        {
            throw ParquetErrors.Page($"its levels have {repetitions} and {definitions} bytes");
        }

        PageBody body = _pages.TakeBody(repetitions + definitions, header.IsCompressed ?? true);
        if (_leaf.MaxRepetition > 0)
        {
            _repetitions = new LevelDecoder(body.Plain, repetitions, _leaf.MaxRepetition);
        }

        if (_leaf.MaxDefinition > 0)
        {
            _definitions = new LevelDecoder(body.Plain + repetitions, definitions, _leaf.MaxDefinition);
        }

        _decoder.StartPage(header.Encoding, body.Values, body.ValueBytes);
    }

    private void CountEntries(int count)
    {
        if (count < 0 || count > _entriesLeft)
        {
            throw ParquetErrors.Page($"it says that it has {count} values, the chunk has {_entriesLeft} left");
        }

        _pagesLeft--;
        _pageEntries = count;
        _entriesLeft -= count;
    }

    // Decodes from the current page and returns the rows that it began.
    private unsafe int Decode(int rows, int done)
    {
        if (_levels is not null)
        {
            int begun = _levels.Decode(ref _definitions, ref _repetitions, ref _pageEntries, rows, done == 0);
            AppendLevels();
            return begun;
        }

        int entries = Math.Min(rows, _pageEntries);
        _pageEntries -= entries;
        if (_leaf.MaxDefinition == 0)
        {
            _decoder.Append(entries);
            return entries;
        }

        // Levels of 0 and 1 are the validity.
        _validity.Ensure(Bits.ByteCount(done + entries), keep: Bits.ByteCount(done));
        int values = _definitions.DecodeBits(_validity.Pointer, done, entries);
        _nulls += entries - values;
        _decoder.Append(entries, values, _validity.Pointer, done);
        return entries;
    }

    // Passes over rows of the current page and returns how many it began.
    private unsafe int Pass(int rows, int done)
    {
        int begun = Math.Min(rows, _pageEntries);
        int values = begun;
        if (_levels is not null)
        {
            begun = _levels.Decode(ref _definitions, ref _repetitions, ref _pageEntries, rows, done == 0);
            _validity.Ensure(Bits.ByteCount(_levels.NewEntries), keep: 0);
            (_, values) = _levels.MarkValues(_validity.Pointer, 0);
        }
        else
        {
            _pageEntries -= begun;
            if (_leaf.MaxDefinition > 0)
            {
                _validity.Ensure(Bits.ByteCount(begun), keep: 0);
                values = _definitions.DecodeBits(_validity.Pointer, 0, begun);
            }
        }

        _decoder.Skip(values);
        return begun;
    }

    private unsafe void AppendLevels()
    {
        LevelStore levels = _levels!;
        int first = _decoder.Slots;
        _validity.Ensure(Bits.ByteCount(first + levels.NewEntries), keep: Bits.ByteCount(first));
        (int slots, int values) = levels.MarkValues(_validity.Pointer, first);
        _nulls += slots - values;
        _decoder.Append(slots, values, _validity.Pointer, first);
    }

    private Column Build()
    {
        int nulls = _nulls;
        _nulls = 0;
        return _decoder.Build(nulls > 0 ? _validity.Detach() : null, nulls);
    }
}
