namespace Millrace.Formats.Csv;

/// <summary>
/// Finds delimiter, quote and escape of a text: each combination reads the beginning of the sample, and the one whose
/// records agree best on their number of fields wins.
/// </summary>
internal static class DialectSniffer
{
    private const int Bytes = 64 << 10;
    private const int Records = 500;

    // A file that is hardly ever cut into the same number of fields has one column.
    private const double LeastConsistency = 0.6;

    // That quotes mean nothing has to be plain to see.
    private const double WithoutQuotes = 0.9;

    private static readonly string[] Delimiters = ["comma", "semicolon", "tab", "pipe"];

    /// <summary>The options with the dialect filled in.</summary>
    public static async ValueTask<CsvOptions> FillAsync(TextSample sample, CsvOptions options, CancellationToken cancellation)
    {
        string[] delimiters = options.Delimiter is { } given ? [given] : Delimiters;
        (CsvOptions Options, double Score) best = default;
        foreach (string quote in Quotes(sample, options))
        {
            foreach (string escape in Escapes(sample, options))
            {
                foreach (string delimiter in delimiters)
                {
                    CsvOptions candidate = options with { Delimiter = delimiter, Quote = quote, Escape = escape };
                    if (CsvDialect.Of(candidate).FindClash() is not null)
                    {
                        continue;
                    }

                    double score = await ScoreAsync(sample, candidate, cancellation).ConfigureAwait(false);
                    if (best.Options is null || score > best.Score)
                    {
                        best = (candidate, score);
                    }
                }
            }
        }

        CsvOptions found = best.Options ?? options with { Delimiter = "comma", Quote = options.Quote ?? "\"", Escape = options.Escape ?? "none" };
        if (best.Score >= LeastConsistency || options.Delimiter is not null)
        {
            return found;
        }

        found = found with { Quote = options.Quote ?? "\"", Escape = options.Escape ?? "none" };
        return found with { Delimiter = await SingleColumnAsync(sample, found, cancellation).ConfigureAwait(false) };
    }

    // A file of one column needs no delimiter, and one that occurs in its texts would cut them.
    private static async ValueTask<string> SingleColumnAsync(TextSample sample, CsvOptions found, CancellationToken cancellation)
    {
        SampleTable rows = await SampleReader.ReadAsync(sample, found with { Delimiter = "comma" }, Bytes, Records, cancellation).ConfigureAwait(false);
        return rows.UsualFields() <= 1 && Share(rows, 1) is 0 or 1 ? "comma" : "none";
    }

    private static string[] Quotes(TextSample sample, CsvOptions options)
        => options.Quote is { } given ? [given]
            : [.. sample.Text.Contains((byte)'"') ? (string[])["\"", "none"] : ["\""], .. sample.Text.Contains((byte)'\'') ? (string[])["'"] : []];

    private static string[] Escapes(TextSample sample, CsvOptions options)
        => options.Escape is { } given ? [given]
            : sample.Text.IndexOf("\\\""u8) >= 0 || sample.Text.IndexOf("\\'"u8) >= 0 ? ["none", "\\"]
            : ["none"];

    private static async ValueTask<double> ScoreAsync(TextSample sample, CsvOptions candidate, CancellationToken cancellation)
    {
        SampleTable rows;
        try
        {
            rows = await SampleReader.ReadAsync(sample, candidate, Bytes, Records, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException)
        {
            // Rows beyond a limit: not this dialect.
            return 0;
        }

        int columns = rows.UsualFields();
        CsvDialect dialect = CsvDialect.Of(candidate);
        double trust = dialect.HasQuote ? 1 : WithoutQuotes;
        return columns <= 1 ? 0 : trust * Share(rows, columns) * (0.75 + (0.25 * Cleanness(rows, columns, dialect)));
    }

    /// <summary>How many of the records have so many fields, and quotes only around fields.</summary>
    private static double Share(SampleTable rows, int columns)
    {
        int same = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            same += rows.Fields(row) == columns && rows.IsSound(row) ? 1 : 0;
        }

        return rows.Rows == 0 ? 0 : (double)same / rows.Rows;
    }

    // Fields that hold another delimiter or a quote hint at a text that was cut in the wrong places.
    private static double Cleanness(SampleTable rows, int columns, CsvDialect dialect)
    {
        int fields = 0;
        int clean = 0;
        int quoted = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            for (int i = 0; i < columns && rows.Fields(row) == columns; i++)
            {
                fields++;
                quoted += rows.IsQuoted(row, i) ? 1 : 0;
                ReadOnlySpan<byte> value = rows.Text(row, i);
                bool isClean = rows.IsQuoted(row, i)
                    || NumberShape.TryRead(value, (byte)',', CsvCharacter.None, out _)
                    || value.IndexOfAny(";\t|,\""u8) < 0;
                clean += isClean ? 1 : 0;
            }
        }

        // An apostrophe is a quote only where it is used as one.
        return fields == 0 || (dialect.Quote == '\'' && quoted == 0) ? 0 : (double)clean / fields;
    }
}
