using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>
/// Moves over a text in chunks of whole records. After <see cref="NextAsync"/> the records of the chunk lie in the
/// tokenizer, their bytes in <see cref="Text"/>; both are dead after the next call. One thread uses it.
/// </summary>
internal sealed class CsvRecords : IAsyncDisposable
{
    /// <summary>Bytes that the window begins with: small enough for text and entries to stay in the second-level cache.</summary>
    public const int WindowSize = 128 << 10;

    private const int ExtendStep = 64 << 10;

    private readonly string _file;
    private readonly CsvOptions _options;
    private readonly TextInput _input;
    private readonly TextWindow _window;
    private readonly CsvTokenizer _tokenizer;
    private readonly FileRange _range;
    private long _line;

    // Lines of the text before a place.
    private int _counted;
    private long _lines;
    private bool _isExtended;
    private bool _isEnded;

    private CsvRecords(string file, CsvOptions options, FileRange range, TextInput input, int windowSize, VectorWidth width)
    {
        _file = file;
        _options = options;
        _range = range;
        _input = input;
        _line = range.Start == 0 ? 1 : range.FirstLine;
        RecordLimit = (int)Math.Min(((long)options.MaxFieldBytes * 2) + WindowSize, 1 << 30);
        _window = new TextWindow(input, windowSize, RecordLimit);
        try
        {
            _tokenizer = CsvTokenizer.Create(CsvDialect.Of(options), width, Math.Max(windowSize / 4, options.MaxColumns + 2));
        }
        catch
        {
            _window.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the longest record that is read.</summary>
    public int RecordLimit { get; }

    public unsafe byte* Text => _window.Pointer;

    public unsafe int* Entries => _tokenizer.Entries;

    /// <summary>Complete records of the chunk, with blank lines and comments.</summary>
    public int Count { get; private set; }

    public bool HasHigh => _tokenizer.HasHigh;

    public bool HasReturn => _tokenizer.HasReturn;

    /// <summary>Text may follow a closing quote in some record of the chunk.</summary>
    public bool MayHaveTails => _tokenizer.TailsEnd > 0;

    /// <summary>The last record of the chunk ends with the file, within quotes.</summary>
    public bool IsUnclosed { get; private set; }

    /// <summary>Opens a range of a file.</summary>
    /// <param name="windowSize">Bytes to begin with; tests make it tiny.</param>
    public static async ValueTask<CsvRecords> OpenAsync(IByteSource source, CsvOptions options, FileRange range, CancellationToken cancellation, int windowSize = WindowSize, VectorWidth? width = null)
    {
        TextInput input = await TextInput.OpenAsync(source, range, options.CodecOrNull, options.EncodingOrNull, cancellation).ConfigureAwait(false);
        CsvRecords? records = null;
        try
        {
            records = new CsvRecords(source.Name, options, range, input, windowSize, width ?? VectorWidths.Default);
            if (range.Start == 0 && options.SkipRows > 0)
            {
                var skipper = new LineSkipper(records._window, options.SkipRows);
                await skipper.SkipAsync(cancellation).ConfigureAwait(false);
                records._line += skipper.Skipped;
            }

            return records;
        }
        catch
        {
            await (records?.DisposeAsync() ?? input.DisposeAsync()).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>For each record the number of the entry that ends it.</summary>
    public unsafe int* RowEnds => _tokenizer.RowEnds;

    /// <summary>Number of the entry before the first field of a record.</summary>
    public unsafe int FirstEntry(int record) => record == 0 ? 0 : _tokenizer.RowEnds[record - 1];

    /// <summary>
    /// Number of the entry that ends a record's last field: of CR LF that of the CR.
    /// </summary>
    public unsafe int LastEntry(int record)
    {
        int last = _tokenizer.RowEnds[record];
        if (HasReturn)
        {
            int* entries = Entries;
            int end = entries[last];
            if (last > FirstEntry(record) + 1 && end < _window.End && end - entries[last - 1] == 1 && Text[end] == '\n' && Text[end - 1] == '\r')
            {
                return last - 1;
            }
        }

        return last;
    }

    /// <summary>Place of a record's first byte in <see cref="Text"/>; for the number behind the last one, where reading goes on.</summary>
    public unsafe int StartOf(int record) => Math.Min(Entries[FirstEntry(record)] + 1, _window.End);

    /// <summary>A record's bytes without its line end.</summary>
    public unsafe ReadOnlySpan<byte> Bytes(int record)
    {
        int start = StartOf(record);
        return new(Text + start, Math.Max(Entries[LastEntry(record)] - start, 0));
    }

    /// <summary>Offset in the file of a record's first byte, or -1 where places in the text are not places in the file.</summary>
    public long OffsetOf(int record) => _input.IsDirect ? _input.Origin + _window.Offset + StartOf(record) : -1;

    /// <summary>Whether lines are known.</summary>
    public bool HasLines => _line >= 0;

    /// <summary>Line in the file of a place in the text, or null when the range's first line is not known. Cheap for places that ascend.</summary>
    public long? LineAt(int place)
    {
        if (!HasLines)
        {
            return null;
        }

        CountTo(place, HasReturn);
        return _line + _lines;
    }

    /// <summary>Forgets the chunk and reads the next one. False at the end of the range.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        DropRecords();
        if (_isEnded)
        {
            return false;
        }

        while (true)
        {
            Scan();
            if (_tokenizer.RowCount > 0)
            {
                Count = _tokenizer.RowCount;
                _isEnded = _isExtended;
                return true;
            }

            if (_tokenizer.EntryCount >= _tokenizer.Capacity)
            {
                throw CsvErrors.TooManyColumns(PlaceOf(0), _options.MaxColumns);
            }

            if (_window.IsLast && _tokenizer.Scanned == _window.End)
            {
                if (_tokenizer.State == CsvState.RecordStart)
                {
                    return false;
                }

                if (!_window.Extend(ExtendStep))
                {
                    return EndText();
                }

                _isExtended = true;
            }

            if (!await _window.FillAsync(0, cancellation).ConfigureAwait(false) && !_window.IsLast)
            {
                throw CsvErrors.RecordTooLong(PlaceOf(0), RecordLimit, _tokenizer.State is CsvState.Quoted);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _tokenizer.Dispose();
        _window.Dispose();
        await _input.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Where a record stands.</summary>
    public ErrorPlace PlaceOf(int record) => new() { File = _file, Line = LineAt(StartOf(record)), Offset = OffsetOf(record) is >= 0 and var offset ? offset : null };

    private unsafe void Scan()
    {
        _tokenizer.Scan(Text, _window.End, _window.IsLast);
        if (_isExtended && _tokenizer.RowCount > 1)
        {
            // Only the record that was cut by the range's end belongs to it.
            _tokenizer.KeepRows(1);
        }
    }

    private unsafe void CountTo(int place, bool hasReturn)
    {
        if (place < _counted)
        {
            (_counted, _lines) = (0, 0);
        }

        _lines += LineCounter.Count(new ReadOnlySpan<byte>(Text + _counted, place - _counted), hasReturn);
        _counted = place;
    }

    private bool EndText()
    {
        _isEnded = true;
        IsUnclosed = _tokenizer.State is CsvState.Quoted or CsvState.EscapedQuoted;
        _tokenizer.EndText();
        Count = _tokenizer.RowCount;
        return Count > 0;
    }

    private void DropRecords()
    {
        Count = 0;
        bool hadReturn = HasReturn;
        int drop = _tokenizer.DropRows();
        if (drop > 0)
        {
            if (HasLines)
            {
                CountTo(drop, hadReturn);
                _line += _lines;
                (_counted, _lines) = (0, 0);
            }

            _window.Drop(drop);
        }
    }
}
