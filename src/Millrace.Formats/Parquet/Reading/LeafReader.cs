using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Reads one leaf of one row group: decodes as many rows as are asked for, wherever the pages end. One thread at a time
/// uses it.
/// </summary>
internal sealed class LeafReader : IDisposable
{
    private readonly SchemaLeaf _leaf;
    private readonly OffsetIndex? _offsets;
    private readonly LeafPages _pages;
    private readonly LeafDecoder _decoder;
    private readonly LevelStore? _levels;
    private readonly OutputBuffer _validity = new();
    private readonly ErrorPlace _place;
    private long _row;
    private int _nulls;

    /// <param name="source">The file.</param>
    /// <param name="leaf">What the chunk holds.</param>
    /// <param name="chunk">Where it is.</param>
    /// <param name="rows">Rows of the row group.</param>
    /// <param name="offsets">Where its pages are, if rows shall be skipped.</param>
    /// <param name="options">Limits.</param>
    /// <param name="keepsLevels">Whether columns around the leaf are made from its levels.</param>
    /// <param name="keepsDictionaries">Whether byte strings may come as dictionary columns.</param>
    /// <param name="readAhead">Bytes to read at once.</param>
    public LeafReader(IByteSource source, SchemaLeaf leaf, ColumnChunk chunk, long rows, OffsetIndex? offsets, ParquetOptions options, bool keepsLevels, bool keepsDictionaries, int readAhead)
    {
        _leaf = leaf;
        _offsets = offsets;
        _place = new ErrorPlace { File = source.Name, Field = leaf.Path };
        _decoder = LeafDecoder.Create(leaf, keepsDictionaries);
        try
        {
            _pages = new LeafPages(source, leaf, chunk, rows, _decoder, options, readAhead);
        }
        catch (MillraceException e) when (e.Place is null)
        {
            throw e.At(_place);
        }

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
            throw e.At(_place with { Offset = _pages.Offset });
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
                await _pages.JumpAsync(_offsets.Pages, page, cancellation).ConfigureAwait(false);
                _levels?.Reset();
                _row = _offsets.Pages[page].FirstRow;
            }
        }

        const int step = 4096;
        while (_row < row)
        {
            await AdvanceAsync((int)Math.Min(step, row - _row), skip: true, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask AdvanceAsync(int rows, bool skip, CancellationToken cancellation)
    {
        _levels?.Clear();
        for (int done = 0; ;)
        {
            if (_pages.Entries == 0 && !await _pages.MoveNextAsync(cancellation).ConfigureAwait(false))
            {
                _row += done == rows ? rows : throw ParquetErrors.RowsMissing(rows - done);
                return;
            }

            done += skip ? Pass(rows - done, done) : Decode(rows - done, done);
            // A row with lists ends where the next one begins, which may be in a later page.
            if (done == rows && (_leaf.MaxRepetition == 0 || _pages.Entries > 0))
            {
                _row += rows;
                return;
            }
        }
    }

    // Decodes from the current page and returns the rows that it began.
    private unsafe int Decode(int rows, int done)
    {
        if (_levels is not null)
        {
            int begun = DecodeLevels(rows, done);
            AppendLevels();
            return begun;
        }

        int entries = Math.Min(rows, _pages.Entries);
        _pages.Entries -= entries;
        if (_leaf.MaxDefinition == 0)
        {
            _decoder.Append(entries);
            return entries;
        }

        // Levels of 0 and 1 are the validity.
        _validity.Ensure(Bits.ByteCount(done + entries), keep: Bits.ByteCount(done));
        int values = _pages.Definitions.DecodeBits(_validity.Pointer, done, entries);
        _nulls += entries - values;
        _decoder.Append(entries, values, _validity.Pointer, done);
        return entries;
    }

    private int DecodeLevels(int rows, int done)
    {
        int entries = _pages.Entries;
        int begun = _levels!.Decode(ref _pages.Definitions, ref _pages.Repetitions, ref entries, rows, done == 0);
        _pages.Entries = entries;
        return begun;
    }

    // Passes over rows of the current page and returns how many it began.
    private unsafe int Pass(int rows, int done)
    {
        int begun = Math.Min(rows, _pages.Entries);
        int values = begun;
        if (_levels is not null)
        {
            begun = DecodeLevels(rows, done);
            _validity.Ensure(Bits.ByteCount(_levels.NewEntries), keep: 0);
            (_, values) = _levels.MarkValues(_validity.Pointer, 0);
        }
        else
        {
            _pages.Entries -= begun;
            if (_leaf.MaxDefinition > 0)
            {
                _validity.Ensure(Bits.ByteCount(begun), keep: 0);
                values = _pages.Definitions.DecodeBits(_validity.Pointer, 0, begun);
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
