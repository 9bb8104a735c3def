using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>The types that rows of a sample suggest for their columns.</summary>
internal sealed class ColumnTypes
{
    public ColumnTypes(IEnumerable<SampleRow> rows, int columns, CsvOptions options)
    {
        DatePatterns dates = DatePatterns.OfDates(options.DateFormat);
        DatePatterns timestamps = DatePatterns.OfTimestamps(options.TimestampFormat);
        var guesses = new TypeGuess[columns];
        for (int i = 0; i < columns; i++)
        {
            guesses[i] = new TypeGuess(options, dates, timestamps);
        }

        foreach (SampleRow row in rows)
        {
            for (int i = 0; i < columns && i < row.Fields.Length; i++)
            {
                if (row.Fields[i] is { } value)
                {
                    guesses[i].Add(value);
                }
            }
        }

        DateFormat = dates.Decide(guesses.Where(g => g.NeedsDatePattern).Select(g => g.DateCandidates));
        TimestampFormat = timestamps.Decide(guesses.Where(g => g.NeedsTimestampPattern).Select(g => g.TimestampCandidates));
        Types = Array.ConvertAll(guesses, g => g.Decide(DateFormat is not null, TimestampFormat is not null));
    }

    public DataType[] Types { get; }

    /// <summary>The form of dates that is not ISO 8601, if there is one and no other would do.</summary>
    public string? DateFormat { get; }

    public string? TimestampFormat { get; }
}
