using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Cli;

/// <summary><c>millrace iceberg rollback TABLE --snapshot N</c>: takes a branch back, and the progress of its jobs with it.</summary>
internal static class RollbackCommand
{
    public static Command Create()
    {
        var table = new TableArguments();
        Option<long?> snapshot = CountOption.Create("--snapshot", "The snapshot to stand at again.", "id");
        Option<DateTimeOffset?> to = TableArguments.Time("--to", "The time to stand at again: the last snapshot of the branch at or before it.");
        Option<long?> steps = CountOption.Create("--steps", "So many snapshots back.", "count", int.MaxValue);
        var command = new Command("rollback", "Take a branch back to an earlier snapshot of its line: millrace iceberg rollback lake/orders --steps 1") { snapshot, to, steps, table.Branch, table.DryRun };
        table.AddTo(command);
        command.Validators.Add(result =>
        {
            if (new Option[] { snapshot, to, steps }.Count(o => result.GetResult(o) is not null) != 1)
            {
                result.AddError("Say how far back: with one of --snapshot, --to and --steps.");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            await using TableMaintenance open = table.Open(parsed);
            bool dry = parsed.GetValue(table.DryRun);
            RollbackReport report = await open.RollbackAsync(
                new RollbackRequest
                {
                    Branch = parsed.GetRequiredValue(table.Branch),
                    SnapshotId = parsed.GetValue(snapshot),
                    To = parsed.GetValue(to),
                    Steps = (int?)parsed.GetValue(steps),
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

    private static void Print(string path, RollbackReport report, bool dry)
    {
        if (report.From == report.To)
        {
            Console.Out.WriteLine($"{path}: '{report.Branch}' is at snapshot {report.To} already");
            return;
        }

        Console.Out.WriteLine(
            $"{path}: '{report.Branch}' {(dry ? "would go" : "went")} back {Figures.Count(report.Snapshots, "snapshot")}, from {report.From} to {report.To}: {Figures.Count(report.RowsBefore ?? 0, "row")} → {Figures.Count(report.RowsAfter ?? 0, "row")}");
        foreach (JobRollback job in report.Jobs)
        {
            Console.Out.WriteLine($"  job {job.Job}: from epoch {job.From} to {(job.To is { } epoch ? $"epoch {epoch}" : "its beginning")}; its next run reads what followed again");
        }
    }

    private static JsonObject ToJson(string path, RollbackReport report, bool dry) => new()
    {
        ["table"] = path,
        ["branch"] = report.Branch,
        ["dry_run"] = dry,
        ["from_snapshot_id"] = report.From,
        ["to_snapshot_id"] = report.To,
        ["snapshots"] = report.Snapshots,
        ["rows_before"] = report.RowsBefore,
        ["rows_after"] = report.RowsAfter,
        ["jobs"] = new JsonArray([.. report.Jobs.Select(j => (JsonNode)new JsonObject { ["job"] = j.Job, ["from_epoch"] = j.From, ["to_epoch"] = j.To })]),
    };
}
