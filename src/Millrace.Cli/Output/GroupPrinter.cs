using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary>Prints how a run of several streams ended: a line for each, and their sum.</summary>
internal static class GroupPrinter
{
    public static void Print(GroupSummary summary, bool json)
    {
        if (json)
        {
            JsonOutput.Write(Console.Out, summary.ToJson());
            return;
        }

        if (summary.Error is { } error)
        {
            ErrorPrinter.Print(error, json: false);
            return;
        }

        foreach (IGrouping<string, string> note in summary.Streams.SelectMany(s => s.Summary.Notes.Select(n => (s.Stream, Note: n))).GroupBy(n => n.Note, n => n.Stream))
        {
            Console.Error.WriteLine($"note: {(note.Count() == 1 ? $"{note.First()}: " : "")}{note.Key}");
        }

        PrintTable(summary);
        foreach ((string stream, RunSummary run) in summary.Streams)
        {
            if (run.Error is { } failure)
            {
                Console.Error.WriteLine($"{stream}:");
                ErrorPrinter.Print(failure, json: false);
            }
            else if (run.BadRows > 0)
            {
                Console.Error.WriteLine($"{stream}:");
                SummaryPrinter.PrintBadRows(run);
            }
        }

        int failed = summary.Failed.Count();
        int all = summary.Streams.Count + summary.DoneBefore.Count + summary.NotBegun.Count;
        if (failed + summary.NotBegun.Count > 0)
        {
            string left = (failed, summary.NotBegun.Count) switch
            {
                (var f, 0) => $"{f} of {Figures.Count(all, "stream")} failed",
                (0, var n) => $"{n} of {Figures.Count(all, "stream")} were not begun",
                var (f, n) => $"of {Figures.Count(all, "stream")} {f} failed and {n} were not begun",
            };
            Console.Error.WriteLine($"{left}. {(summary.GoesOn ? "With that mended run the same again: it does only what is left (all of it with --restart)." : "With that mended run the same again: each stream goes on where its last commit stands.")}");
        }
    }

    private static void PrintTable(GroupSummary summary)
    {
        var lines = new List<string[]> { new[] { "stream", "rows", "read", "written", "time", "" } };
        foreach ((string stream, RunSummary run) in summary.Streams)
        {
            string end = run.Outcome switch
            {
                RunOutcome.Failed => $"FAILED {run.Error?.Code.Id}",
                RunOutcome.Partial => Figures.Count(run.BadRows, "bad row"),
                _ => "",
            };
            lines.Add([stream, Figures.Count(run.Rows), Figures.Bytes(run.BytesRead), Figures.Bytes(run.BytesWritten), Figures.Time(run.Duration), end]);
        }

        lines.AddRange(summary.DoneBefore.Select(s => new[] { s, "", "", "", "", "done before" }));
        lines.AddRange(summary.NotBegun.Select(s => new[] { s, "", "", "", "", "not begun" }));
        double seconds = Math.Max(summary.Duration.TotalSeconds, 1e-3);
        lines.Add([
            "total", Figures.Count(summary.Rows), Figures.Bytes(summary.BytesRead), Figures.Bytes(summary.BytesWritten), Figures.Time(summary.Duration),
            $"{Figures.Count((long)(summary.Rows / seconds))} rows/s, {Figures.Bytes(summary.BytesRead / seconds)}/s",
        ]);
        int[] widths = [.. Enumerable.Range(0, lines[0].Length).Select(c => lines.Max(l => l[c].Length))];
        foreach (string[] line in lines)
        {
            // Names stand on the left, figures on the right.
            string text = string.Join("  ", line.Select((cell, c) => c is 0 or 5 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c])));
            Console.Out.WriteLine(text.TrimEnd());
        }
    }
}
