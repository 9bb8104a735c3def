using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Cli;

/// <summary><c>millrace iceberg expire TABLE</c>: forgets old snapshots and removes their files.</summary>
internal static class ExpireCommand
{
    public static Command Create()
    {
        var table = new TableArguments();
        Option<TimeSpan?> age = TableArguments.Age("--older-than", "Age from which snapshots go; the table's `history.expire.max-snapshot-age-ms` by default, or 5d.");
        Option<DateTimeOffset?> before = TableArguments.Time("--before", "Time before which snapshots go.");
        Option<long?> last = CountOption.Create("--retain-last", "Snapshots that every branch keeps, however old; the table's `history.expire.min-snapshots-to-keep` by default, or 1.", "count", int.MaxValue);
        var snapshots = new Option<long[]>("--snapshot") { Description = "This snapshot and no other; may be repeated.", HelpName = "id" };
        var command = new Command("expire", "Forget old snapshots and remove the files that only they named: millrace iceberg expire lake/orders --older-than 7d")
        {
            age, before, last, snapshots, table.DryRun,
        };
        table.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(age) is not null && result.GetResult(before) is not null)
            {
                result.AddError("Give one of --older-than and --before.");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            await using TableMaintenance open = table.Open(parsed);
            bool dry = parsed.GetValue(table.DryRun);
            ExpiryReport report = await open.ExpireAsync(
                new ExpiryOptions
                {
                    OlderThan = parsed.GetValue(before) ?? (parsed.GetValue(age) is { } old ? TimeProvider.System.GetUtcNow() - old : null),
                    RetainLast = (int?)parsed.GetValue(last),
                    Snapshots = parsed.GetValue(snapshots) ?? [],
                    DryRun = dry,
                }, cancellation).ConfigureAwait(false);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(ToJson(open.Path, report, dry));
            }
            else
            {
                Print(open.Path, report, dry);
            }

            return App.ExitOk;
        });
        return command;
    }

    private static void Print(string path, ExpiryReport report, bool dry)
    {
        if (report.Expired.Count == 0 && report.References.Count == 0)
        {
            Console.Out.WriteLine($"{path}: nothing to expire; {Figures.Count(report.Kept, "snapshot")} kept");
            return;
        }

        Console.Out.WriteLine($"{path}: {Figures.Count(report.Expired.Count, "snapshot")} {(dry ? "would be expired" : "expired")}, {Figures.Count(report.Kept)} kept; {(dry ? "to remove" : "removed")}: {TableText.Describe(report.Removed)}");
        if (report.References.Count > 0)
        {
            Console.Out.WriteLine($"  branches and tags that have outlived their age: {string.Join(", ", report.References)}");
        }

        if (report.CarriedJobs.Count > 0)
        {
            Console.Out.WriteLine($"  progress {(dry ? "to carry" : "carried")} on to a new snapshot: {string.Join(", ", report.CarriedJobs)}");
        }
    }

    private static JsonObject ToJson(string path, ExpiryReport report, bool dry) => new()
    {
        ["table"] = path,
        ["dry_run"] = dry,
        ["expired"] = new JsonArray([.. report.Expired.Select(id => (JsonNode)id)]),
        ["kept"] = report.Kept,
        ["references_removed"] = new JsonArray([.. report.References.Select(r => (JsonNode)r)]),
        ["carried_jobs"] = new JsonArray([.. report.CarriedJobs.Select(j => (JsonNode)j)]),
        ["removed"] = TableText.Json(report.Removed),
    };
}
