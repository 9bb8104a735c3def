using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Cli;

/// <summary><c>millrace iceberg remove-orphans TABLE</c>: removes files that no metadata names.</summary>
internal static class OrphansCommand
{
    private const int Shown = 10;

    public static Command Create()
    {
        var table = new TableArguments();
        Option<TimeSpan?> age = TableArguments.Age("--older-than", "Age that a file must have, 3d by default: commits that are running have not named theirs yet.");
        var force = new Option<bool>("--force") { Description = "Allow an age of less than a day: nobody writes to the table." };
        var command = new Command("remove-orphans", "Remove files that nothing names, of runs that died: millrace iceberg remove-orphans lake/orders --dry-run") { age, force, table.DryRun };
        table.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using TableMaintenance open = table.Open(parsed);
            var options = new OrphanOptions { Force = parsed.GetValue(force), DryRun = parsed.GetValue(table.DryRun) };
            options = options with { OlderThan = parsed.GetValue(age) ?? options.OlderThan };
            OrphanReport report = await open.RemoveOrphansAsync(options, cancellation).ConfigureAwait(false);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(ToJson(open.Path, report, options));
            }
            else
            {
                Print(open.Path, report, options);
            }

            return App.ExitOk;
        });
        return command;
    }

    private static void Print(string path, OrphanReport report, OrphanOptions options)
    {
        string young = report.Young > 0 ? $"; {Figures.Count(report.Young)} more {(report.Young == 1 ? "is" : "are")} younger than {TableText.Span(options.OlderThan)} and stay{(report.Young == 1 ? "s" : "")}" : "";
        Console.Out.WriteLine(report.Removed.Count == 0
            ? $"{path}: nothing to remove among {Figures.Count(report.Looked, "file")}{young}"
            : $"{path}: {(options.DryRun ? "to remove" : "removed")}: {TableText.Describe(report.Removed)}, of {Figures.Count(report.Looked, "file")}{young}");
        foreach (string name in report.Names.Take(options.DryRun ? int.MaxValue : Shown))
        {
            Console.Out.WriteLine($"  {name}");
        }

        if (!options.DryRun && report.Names.Count > Shown)
        {
            Console.Out.WriteLine($"  and {Figures.Count(report.Names.Count - Shown)} more");
        }
    }

    private static JsonObject ToJson(string path, OrphanReport report, OrphanOptions options) => new()
    {
        ["table"] = path,
        ["dry_run"] = options.DryRun,
        ["looked_at"] = report.Looked,
        ["young"] = report.Young,
        ["removed"] = TableText.Json(report.Removed),
        ["files"] = new JsonArray([.. report.Names.Select(n => (JsonNode)n)]),
    };
}
