namespace Millrace.Formats.Csv;

/// <summary>
/// Finds delimiter, quote and escape of a text: each combination reads the beginning of the sample, and the one whose
/// records agree best on their number of fields wins. In small files the ending of the name and a header count for more than
/// a few records, so that a bad row stays a bad row and does not change the dialect.
/// </summary>
internal static class DialectSniffer
{
    private const int Bytes = 64 << 10;
    private const int Records = 500;

    // So many records with quotes in wrong places, and more than with quotes in right ones, say that quotes mean nothing.
    private const int BrokenRecords = 2;

    private static readonly string[] Delimiters = ["comma", "semicolon", "tab", "pipe"];

    /// <summary>The options with the dialect filled in.</summary>
    /// <param name="file">Name of the file, whose ending may tell the delimiter.</param>
    public static async ValueTask<CsvOptions> FillAsync(TextSample sample, CsvOptions options, string file, CancellationToken cancellation)
    {
        (CsvOptions Options, DialectScore Score) best = await FindAsync(sample, options, file, Quotes(sample, options), cancellation).ConfigureAwait(false);
        if (options.Quote is null && best.Score.Broken >= BrokenRecords && best.Score.Broken > best.Score.Quoted)
        {
            (CsvOptions Options, DialectScore Score) without = await FindAsync(sample, options, file, ["none"], cancellation).ConfigureAwait(false);
            best = without.Score.Value > best.Score.Value ? without : best;
        }

        if (best.Score.IsLikely || options.Delimiter is not null)
        {
            return best.Options;
        }

        CsvOptions found = options with { Quote = options.Quote ?? "\"", Escape = options.Escape ?? "none" };
        return found with { Delimiter = await SingleColumnAsync(sample, found, FileEndings.DelimiterOf(file), cancellation).ConfigureAwait(false) };
    }

    private static async ValueTask<(CsvOptions Options, DialectScore Score)> FindAsync(TextSample sample, CsvOptions options, string file, string[] quotes, CancellationToken cancellation)
    {
        (CsvOptions? Options, DialectScore Score) best = default;
        foreach (string quote in quotes)
        {
            foreach (string escape in Escapes(sample, options))
            {
                foreach (string delimiter in options.Delimiter is { } given ? [given] : Delimiters)
                {
                    CsvOptions candidate = options with { Delimiter = delimiter, Quote = quote, Escape = escape };
                    if (CsvDialect.Of(candidate).FindClash() is not null)
                    {
                        continue;
                    }

                    DialectScore score = await ScoreAsync(sample, candidate, FileEndings.Trust(file, delimiter), cancellation).ConfigureAwait(false);
                    if (best.Options is null || score.Value > best.Score.Value)
                    {
                        best = (candidate, score);
                    }
                }
            }
        }

        return (best.Options ?? options with { Delimiter = "comma", Quote = options.Quote ?? "\"", Escape = options.Escape ?? "none" }, best.Score);
    }

    // A file of one column needs no delimiter, and one that occurs in its texts would cut them.
    private static async ValueTask<string> SingleColumnAsync(TextSample sample, CsvOptions found, string usual, CancellationToken cancellation)
    {
        SampleTable rows = await SampleReader.ReadAsync(sample, found with { Delimiter = usual }, Bytes, Records, cancellation).ConfigureAwait(false);
        for (int row = 0; row < rows.Rows; row++)
        {
            if (rows.Fields(row) != 1)
            {
                return "none";
            }
        }

        return usual;
    }

    /// <summary>The characters that are tried as quotes.</summary>
    public static ReadOnlySpan<byte> QuotesTried => "\"'"u8;

    private static string[] Quotes(TextSample sample, CsvOptions options)
        => options.Quote is { } given ? [given] : sample.Text.Contains((byte)'\'') ? ["\"", "'"] : ["\""];

    private static string[] Escapes(TextSample sample, CsvOptions options)
        => options.Escape is { } given ? [given]
            : sample.Text.IndexOf("\\\""u8) >= 0 || sample.Text.IndexOf("\\'"u8) >= 0 ? ["none", "\\"]
            : ["none"];

    private static async ValueTask<DialectScore> ScoreAsync(TextSample sample, CsvOptions candidate, double endingTrust, CancellationToken cancellation)
    {
        try
        {
            return new DialectScore(await SampleReader.ReadAsync(sample, candidate, Bytes, Records, cancellation).ConfigureAwait(false), candidate, endingTrust);
        }
        catch (MillraceException)
        {
            // Rows beyond a limit: not this dialect.
            return default;
        }
    }
}
