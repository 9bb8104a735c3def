using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>The types that records of a sample suggest for their columns.</summary>
internal sealed class ColumnTypes
{
    private readonly DatePatterns _dates;
    private readonly DatePatterns _timestamps;
    private readonly TypeGuess[] _guesses;

    /// <param name="rows">The records.</param>
    /// <param name="first">The first one to look at.</param>
    /// <param name="columns">Columns of the file.</param>
    public ColumnTypes(SampleTable rows, int first, int columns, CsvOptions options)
    {
        _dates = DatePatterns.OfDates(options.DateFormat);
        _timestamps = DatePatterns.OfTimestamps(options.TimestampFormat);
        _guesses = new TypeGuess[columns];
        for (int i = 0; i < columns; i++)
        {
            _guesses[i] = new TypeGuess(options, _dates, _timestamps);
        }

        for (int row = first; row < rows.Rows; row++)
        {
            if (IsRow(rows, row, options))
            {
                Add(rows, row);
            }
        }

        Decide();
    }

    private ColumnTypes(ColumnTypes other)
    {
        _dates = other._dates;
        _timestamps = other._timestamps;
        _guesses = Array.ConvertAll(other._guesses, g => g.Copy());
    }

    public DataType[] Types { get; private set; } = [];

    /// <summary>The form of dates that is not ISO 8601, if there is one and no other would do.</summary>
    public string? DateFormat { get; private set; }

    public string? TimestampFormat { get; private set; }

    /// <summary>Whether all values of a column are null.</summary>
    public bool IsUnseen(int column) => _guesses[column].Values == 0;

    /// <summary>What the types are when a record belongs to the others.</summary>
    public ColumnTypes With(SampleTable rows, int row)
    {
        var all = new ColumnTypes(this);
        all.Add(rows, row);
        all.Decide();
        return all;
    }

    private void Add(SampleTable rows, int row)
    {
        int fields = Math.Min(_guesses.Length, rows.Fields(row));
        for (int i = 0; i < fields; i++)
        {
            ReadOnlySpan<byte> text = rows.Text(row, i);
            if (!rows.IsNull(row, i) && (!IsBlank(text) || rows.IsQuoted(row, i)))
            {
                _guesses[i].Add(text);
            }
        }
    }

    // The fields of a bad row are not what somebody meant.
    private bool IsRow(SampleTable rows, int row, CsvOptions options)
    {
        int beyond = rows.Fields(row) - _guesses.Length;
        bool fits = beyond == 0
            || (beyond < 0 && options.ShortRows == CsvShortRows.Pad)
            || (beyond > 0 && options.LongRows == CsvLongRows.Cut)
            || (beyond == 1 && options.TrailingDelimiter == true);
        return fits && rows.IsSound(row);
    }

    private static bool IsBlank(ReadOnlySpan<byte> text) => text.Length > 0 && text.IndexOfAnyExcept((byte)' ') < 0;

    private void Decide()
    {
        DateFormat = _dates.Decide(_guesses.Where(g => g.NeedsDatePattern).Select(g => g.DateCandidates));
        TimestampFormat = _timestamps.Decide(_guesses.Where(g => g.NeedsTimestampPattern).Select(g => g.TimestampCandidates));
        Types = Array.ConvertAll(_guesses, g => g.Decide(DateFormat is not null, TimestampFormat is not null));
    }
}
