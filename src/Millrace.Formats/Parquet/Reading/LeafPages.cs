namespace Millrace.Formats.Parquet;

/// <summary>
/// The data pages of one leaf in one row group, one after the other: brings each to where its levels and values can be
/// decoded, and reads the dictionary on the way.
/// </summary>
internal sealed class LeafPages : IDisposable
{
    private readonly SchemaLeaf _leaf;
    private readonly LeafDecoder _decoder;
    private readonly PageReader _pages;
    private readonly long _rows;
    private long _entriesLeft;
    private int _pagesLeft = int.MaxValue;
    private bool _started;
    private LevelDecoder _definitions;
    private LevelDecoder _repetitions;

    /// <param name="source">The file.</param>
    /// <param name="leaf">What the chunk holds.</param>
    /// <param name="chunk">Where it is.</param>
    /// <param name="rows">Rows of the row group.</param>
    /// <param name="decoder">Gets the dictionary and the values of each page.</param>
    /// <param name="options">Limits.</param>
    /// <param name="readAhead">Bytes to read at once.</param>
    public LeafPages(IByteSource source, SchemaLeaf leaf, ColumnChunk chunk, long rows, LeafDecoder decoder, ParquetOptions options, int readAhead)
    {
        ColumnMetadata column = CheckChunk(chunk, leaf);
        _leaf = leaf;
        _rows = rows;
        _decoder = decoder;
        _entriesLeft = column.ValueCount;
        _pages = new PageReader(source, column, options, readAhead);
    }

    /// <summary>Entries of the current page that were not decoded; whoever decodes reduces it.</summary>
    public int Entries { get; set; }

    public ref LevelDecoder Definitions => ref _definitions;

    public ref LevelDecoder Repetitions => ref _repetitions;

    /// <summary>Offset of the current page in the file.</summary>
    public long Offset => _pages.PageOffset;

    /// <summary>Moves to the next page with entries; false after the last.</summary>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellation)
    {
        while (Entries == 0)
        {
            if (_entriesLeft <= 0 || _pagesLeft == 0)
            {
                return false;
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

    /// <summary>Goes on before a page; those up to there are not read, except for the dictionary.</summary>
    public async ValueTask JumpAsync(List<PageLocation> pages, int page, CancellationToken cancellation)
    {
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
        Entries = 0;
        _pagesLeft = pages.Count - page;
        // With lists the number of entries that were passed over is not known; the pages are counted instead.
        _entriesLeft = _leaf.MaxRepetition == 0 ? _rows - pages[page].FirstRow : long.MaxValue;
    }

    public void Dispose() => _pages.Dispose();

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

        _entriesLeft -= count;
        _pagesLeft--;
        Entries = count;
    }
}
