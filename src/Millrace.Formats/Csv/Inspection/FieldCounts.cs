namespace Millrace.Formats.Csv;

/// <summary>Decides how many columns a sample has when its records differ.</summary>
internal static class FieldCounts
{
    // So many records have to disagree with a header to outvote it.
    private const int HeaderVotes = 3;

    /// <summary>
    /// The number of given names if any record has as many fields; else the number that most records have, a header
    /// counting as several; the larger one of two.
    /// </summary>
    public static int Decide(SampleTable rows, CsvOptions options)
    {
        var counts = new Dictionary<int, int>();
        for (int row = 0; row < rows.Rows; row++)
        {
            if (rows.IsSound(row) || rows.Rows == 1)
            {
                int votes = row == 0 && HeadsColumns(rows, options) ? HeaderVotes : 1;
                counts[rows.Fields(row)] = counts.GetValueOrDefault(rows.Fields(row)) + votes;
            }
        }

        return options.Columns is { } names && counts.ContainsKey(names.Count) ? names.Count
            : counts.Count == 0 ? 0
            : counts.MaxBy(c => (c.Value, c.Key)).Key;
    }

    /// <summary>Whether the first record holds the names of several columns, as far as it can tell alone.</summary>
    public static bool HeadsColumns(SampleTable rows, CsvOptions options)
        => options.Header != false && rows.Rows > 0 && rows.Fields(0) > 1 && rows.IsSound(0)
            && (HeaderSniffer.LooksLikeNames(rows) || HeaderSniffer.IsKnown(rows, options));
}
