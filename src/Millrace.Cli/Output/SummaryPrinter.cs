using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary>Prints how a run ended.</summary>
internal static class SummaryPrinter
{
    /// <param name="summary">The end of the run.</param>
    /// <param name="json">As a document for programs.</param>
    /// <param name="printer">Where it goes: standard error when rows stand on standard output.</param>
    public static void Print(RunSummary summary, bool json, TextWriter printer)
    {
        if (json)
        {
            JsonOutput.Write(printer, summary.ToJson());
            return;
        }

        foreach (string note in summary.Notes)
        {
            Console.Error.WriteLine($"note: {note}");
        }

        if (summary.Error is not null)
        {
            ErrorPrinter.Print(summary.Error, json: false);
            if (summary.Epochs > 0)
            {
                Console.Error.WriteLine($"{summary.Job}: {Figures.Count(summary.Rows, "row")} committed before, up to epoch {summary.Epoch}; the next run goes on from there.");
            }

            return;
        }

        double seconds = Math.Max(summary.Duration.TotalSeconds, 1e-3);
        string target = summary.Objects.Count switch
        {
            0 => "nothing new to write",
            1 => summary.Objects[0],
            _ => $"{Figures.Count(summary.Objects.Count)} files, such as {summary.Objects[0]}",
        };
        printer.WriteLine(
            $"{summary.Job}: {Figures.Count(summary.Rows, "row")}, {Figures.Bytes(summary.BytesRead)} → {Figures.Bytes(summary.BytesWritten)} in {Figures.Time(summary.Duration)} "
            + $"({Figures.Count((long)(summary.Rows / seconds))} rows/s, {Figures.Bytes(summary.BytesRead / seconds)}/s): {target}{(summary.Lag is { } lag ? $"; {Figures.Behind(lag)}" : "")}{Promise(summary)}");
        if (summary.BadRows > 0)
        {
            PrintBadRows(summary);
        }
    }

    private static string Promise(RunSummary summary) => summary.Guarantee is { } guarantee ? $"; {guarantee.Words}" : "";

    /// <summary>Says what became of rows that could not be written.</summary>
    public static void PrintBadRows(RunSummary summary)
    {
        string kept = (summary.DeadLetters, summary.NewDeadLetters) switch
        {
            (null, _) => "left out",
            var (folder, letters) when letters == summary.BadRows => $"kept in {folder}",
            var (folder, letters) => $"left out, {Figures.Count(letters)} of them kept in {folder}",
        };
        Console.Error.WriteLine($"{Figures.Count(summary.BadRows, "bad row")} {kept}:");
        foreach (RowError error in summary.BadRowSample)
        {
            Console.Error.WriteLine($"  {error.Code.Id} {error.Place}: {error.Message}");
        }

        if (summary.BadRows > summary.BadRowSample.Count)
        {
            Console.Error.WriteLine($"  and {Figures.Count(summary.BadRows - summary.BadRowSample.Count)} more");
        }
    }
}
