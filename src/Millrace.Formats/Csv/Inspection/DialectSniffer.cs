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
        return best.Score >= LeastConsistency || options.Delimiter is not null ? found : found with { Delimiter = await SingleColumnAsync(sample, found, cancellation).ConfigureAwait(false) };
    }

    // A file of one column needs no delimiter, and one that occurs in its texts would cut them.
    private static async ValueTask<string> SingleColumnAsync(TextSample sample, CsvOptions found, CancellationToken cancellation)
    {
        List<SampleRow> rows = await SampleTable.ReadAsync(sample, found with { Delimiter = "comma" }, Bytes, Records, cancellation).ConfigureAwait(false);
        return rows.TrueForAll(r => r.Fields.Length == 1) ? "comma" : "none";
    }

    private static string[] Quotes(TextSample sample, CsvOptions options)
        => options.Quote is { } given ? [given]
            : sample.Text.Contains((byte)'\'') ? ["\"", "'"]
            : ["\""];

    private static string[] Escapes(TextSample sample, CsvOptions options)
        => options.Escape is { } given ? [given]
            : sample.Text.IndexOf("\\\""u8) >= 0 || sample.Text.IndexOf("\\'"u8) >= 0 ? ["none", "\\"]
            : ["none"];

    private static async ValueTask<double> ScoreAsync(TextSample sample, CsvOptions candidate, CancellationToken cancellation)
    {
        List<SampleRow> rows;
        try
        {
            rows = await SampleTable.ReadAsync(sample, candidate, Bytes, Records, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException)
        {
            // Rows beyond a limit: not this dialect.
            return 0;
        }

        if (rows.Count == 0)
        {
            return 0;
        }

        int columns = rows.CountBy(r => r.Fields.Length).MaxBy(c => (c.Value, c.Key)).Key;
        if (columns == 1)
        {
            return 0;
        }

        double consistent = (double)rows.Count(r => r.Fields.Length == columns) / rows.Count;
        double clean = Cleanness(rows.Where(r => r.Fields.Length == columns), CsvDialect.Of(candidate));
        return consistent * (0.75 + (0.25 * clean));
    }

    // Fields that hold another delimiter or a quote hint at a text that was cut in the wrong places.
    private static double Cleanness(IEnumerable<SampleRow> rows, CsvDialect dialect)
    {
        int fields = 0;
        int clean = 0;
        int quoted = 0;
        foreach (SampleRow row in rows)
        {
            for (int i = 0; i < row.Fields.Length; i++)
            {
                fields++;
                quoted += row.IsQuoted[i] ? 1 : 0;
                ReadOnlySpan<byte> value = row.Fields[i];
                bool isClean = row.IsQuoted[i]
                    || NumberShape.TryRead(value, (byte)',', CsvCharacter.None, out _)
                    || value.IndexOfAny(";\t|,\""u8) < 0;
                clean += isClean ? 1 : 0;
            }
        }

        // An apostrophe is a quote only where it is used as one.
        return fields == 0 || (dialect.Quote == '\'' && quoted == 0) ? 0 : (double)clean / fields;
    }
}
