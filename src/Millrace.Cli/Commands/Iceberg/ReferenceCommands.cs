using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Cli;

/// <summary><c>millrace iceberg branch|tag create|replace|delete|fast-forward TABLE NAME</c>.</summary>
internal static class ReferenceCommands
{
    public static Command Create(string kind, bool isBranch)
    {
        var command = new Command(kind, isBranch ? "Make, move or delete a branch: a line of snapshots of its own" : "Make, move or delete a tag: a name for one snapshot")
        {
            One("create", kind, isBranch, ReferenceAction.Create, $"Make a {kind}: millrace iceberg {kind} create lake/orders {(isBranch ? "audit" : "eom-january")}"),
            One("replace", kind, isBranch, ReferenceAction.Replace, $"Set a {kind} to another snapshot, or change how long it is kept"),
            One("delete", kind, isBranch, ReferenceAction.Delete, $"Delete a {kind}; its snapshots stay until they are expired"),
        };
        if (isBranch)
        {
            command.Subcommands.Add(One("fast-forward", kind, isBranch, ReferenceAction.FastForward, "Move a branch along to another one that went on from it: millrace iceberg branch fast-forward lake/orders main --at audit"));
        }

        return command;
    }

    private static Command One(string verb, string kind, bool isBranch, ReferenceAction action, string description)
    {
        var table = new TableArguments();
        var name = new Argument<string>("name") { Description = $"Name of the {kind}." };
        Option<long?> snapshot = CountOption.Create("--snapshot", "The snapshot it names.", "id");
        var at = new Option<string>("--at") { Description = "The branch or tag whose snapshot it names.", HelpName = "name", DefaultValueFactory = _ => "main", Required = action == ReferenceAction.FastForward };
        Option<TimeSpan?> maxAge = TableArguments.Age("--max-age", $"How long the {kind} is kept: expiry removes it after that.");
        Option<long?> minSnapshots = CountOption.Create("--min-snapshots", "Snapshots of the branch that expiry leaves at least.", "count", int.MaxValue);
        Option<TimeSpan?> maxSnapshotAge = TableArguments.Age("--max-snapshot-age", "The age from which expiry takes snapshots of the branch.");
        var command = new Command(verb, description);
        table.AddTo(command);
        command.Arguments.Add(name);
        if (action != ReferenceAction.Delete)
        {
            command.Options.Add(at);
        }

        if (action is ReferenceAction.Create or ReferenceAction.Replace)
        {
            command.Options.Add(snapshot);
            command.Options.Add(maxAge);
            if (isBranch)
            {
                command.Options.Add(minSnapshots);
                command.Options.Add(maxSnapshotAge);
            }
        }

        command.SetAction(async (parsed, cancellation) =>
        {
            await using TableMaintenance open = table.Open(parsed);
            bool isSet = action is ReferenceAction.Create or ReferenceAction.Replace;
            ReferenceReport report = await open.ChangeAsync(
                new ReferenceRequest(parsed.GetRequiredValue(name), isBranch, action)
                {
                    SnapshotId = isSet ? parsed.GetValue(snapshot) : null,
                    At = action == ReferenceAction.Delete ? "main" : parsed.GetRequiredValue(at),
                    MaxAge = isSet ? parsed.GetValue(maxAge) : null,
                    MinSnapshots = isSet && isBranch ? (int?)parsed.GetValue(minSnapshots) : null,
                    MaxSnapshotAge = isSet && isBranch ? parsed.GetValue(maxSnapshotAge) : null,
                }, cancellation).ConfigureAwait(false);
            JsonOutput.WriteOr(
                parsed.GetValue(CommonOptions.Json),
                new JsonObject { ["table"] = open.Path, ["before"] = TableText.Json(report.Before), ["after"] = TableText.Json(report.After) },
                $"{open.Path}: {kind} '{report.Name}' {Text(report)}");
            return App.ExitOk;
        });
        return command;
    }

    private static string Text(ReferenceReport report) => (report.Before, report.After) switch
    {
        (null, { } after) => $"made at snapshot {after.SnapshotId}{TableText.Retention(after)}",
        ({ } before, null) => $"deleted; it was at snapshot {before.SnapshotId}",
        ({ } before, { } after) when before.SnapshotId == after.SnapshotId => $"stays at snapshot {after.SnapshotId}{TableText.Retention(after)}",
        ({ } before, { } after) => $"moved from snapshot {before.SnapshotId} to {after.SnapshotId}{TableText.Retention(after)}",
        _ => "is as it was",
    };
}
