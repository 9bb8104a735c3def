using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary><c>millrace dlq export</c>: writes letters into a file, to be looked at, edited or sent on.</summary>
internal static class ExportLettersCommand
{
    public static Command Create()
    {
        var letters = new LetterArguments();
        var to = new Option<string>("--to") { Description = "File to write: whole letters for .jsonl, a table for .csv.", HelpName = "file", Required = true };
        var raw = new Option<bool>("--raw") { Description = "Write the rows as they were, a line each, and nothing else." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file if it is there." };
        var command = new Command("export", "Write dead letters into a file: millrace dlq export jobs/orders.yaml --to bad.jsonl");
        letters.AddPlace(command);
        letters.AddFilter(command);
        command.Options.Add(to);
        command.Options.Add(raw);
        command.Options.Add(overwrite);
        command.SetAction(async (parsed, cancellation) =>
        {
            DeadLetterFolder folder = await letters.FolderAsync(parsed, cancellation).ConfigureAwait(false);
            string path = parsed.GetRequiredValue(to);
            LetterExportForm form = parsed.GetValue(raw) ? LetterExportForm.Raw : FormOf(path);
            DeadLetterIndex index = await folder.ReadAsync(cancellation).ConfigureAwait(false);
            LetterFilter filter = letters.Filter(parsed, index);
            long count = await LetterExport.WriteAsync(MatchingAsync(index, filter, cancellation), path, form, parsed.GetValue(overwrite), cancellation).ConfigureAwait(false);
            JsonOutput.WriteOr(parsed.GetValue(CommonOptions.Json), new JsonObject { ["letters"] = count, ["file"] = path }, $"{Figures.Count(count, "dead letter")} written to {path}.");
            return App.ExitOk;
        });
        return command;
    }

    private static LetterExportForm FormOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" => LetterExportForm.JsonLines,
        ".csv" => LetterExportForm.Csv,
        var ending => throw UsageErrors.Usage.Error($"--to takes a file that ends with .jsonl or .csv, not '{ending}'.", hint: "Add --raw for the original bytes, which any file may hold."),
    };

    private static async IAsyncEnumerable<DeadLetter> MatchingAsync(DeadLetterIndex index, LetterFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (DeadLetter letter in index.LettersAsync(cancellation).ConfigureAwait(false))
        {
            if (filter.Matches(letter))
            {
                yield return letter;
            }
        }
    }
}
