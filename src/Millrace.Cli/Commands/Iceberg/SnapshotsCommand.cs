using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Cli;

/// <summary><c>millrace iceberg snapshots TABLE</c>: the commits of a table, the newest first.</summary>
internal static class SnapshotsCommand
{
    private const int Shown = 20;

    public static Command Create()
    {
        var table = new TableArguments();
        var all = new Option<bool>("--all") { Description = $"All snapshots, not just the newest {Shown}." };
        var command = new Command("snapshots", "List the snapshots of a table, the newest first") { all };
        table.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using TableMaintenance open = table.Open(parsed);
            IReadOnlyList<SnapshotDescription> snapshots = await open.SnapshotsAsync(cancellation).ConfigureAwait(false);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(new JsonObject { ["table"] = open.Path, ["snapshots"] = new JsonArray([.. snapshots.Select(s => (JsonNode)ToJson(s))]) });
            }
            else
            {
                Print(open.Path, snapshots, parsed.GetValue(all) ? int.MaxValue : Shown);
            }

            return App.ExitOk;
        });
        return command;
    }

    private static void Print(string path, IReadOnlyList<SnapshotDescription> snapshots, int shown)
    {
        Console.Out.WriteLine($"{path}: {Figures.Count(snapshots.Count, "snapshot")}{(snapshots.All(s => s.IsInMain) ? "" : "; those with a star are not in the line of main")}");
        foreach (SnapshotDescription s in snapshots.Take(shown))
        {
            string names = s.References.Count == 0 ? "" : $"  [{string.Join(", ", s.References)}]";
            string job = s.Job is null ? "" : $"  {s.Job} epoch {s.Epoch}";
            Console.Out.WriteLine(
                $"{(s.IsInMain ? ' ' : '*')} {s.Id.ToString(CultureInfo.InvariantCulture),19}  {TableText.Time(s.At)}  {s.Operation,-9}  {Change(s)}; {Figures.Count(s.TotalRows ?? 0, "row")} in {Figures.Count(s.TotalFiles ?? 0, "file")}{names}{job}");
        }

        if (snapshots.Count > shown)
        {
            Console.Out.WriteLine($"and {Figures.Count(snapshots.Count - shown)} more; see them with --all");
        }
    }

    private static string Change(SnapshotDescription s)
        => (s.AddedFiles, s.RemovedFiles) switch
        {
            (null or 0, null or 0) => "no data files",
            (_, null or 0) => $"+{Figures.Count(s.AddedRows ?? 0, "row")} in {Figures.Count(s.AddedFiles!.Value, "file")}",
            (null or 0, _) => $"-{Figures.Count(s.RemovedRows ?? 0, "row")} in {Figures.Count(s.RemovedFiles!.Value, "file")}",
            _ => $"+{Figures.Count(s.AddedRows ?? 0, "row")} in {Figures.Count(s.AddedFiles!.Value, "file")}, -{Figures.Count(s.RemovedRows ?? 0, "row")} in {Figures.Count(s.RemovedFiles!.Value, "file")}",
        };

    private static JsonObject ToJson(SnapshotDescription s) => new()
    {
        ["snapshot_id"] = s.Id,
        ["parent_id"] = s.ParentId,
        ["committed_at"] = TableText.Iso(s.At),
        ["operation"] = s.Operation,
        ["in_main"] = s.IsInMain,
        ["references"] = new JsonArray([.. s.References.Select(r => (JsonNode)r)]),
        ["added_files"] = s.AddedFiles ?? 0,
        ["added_rows"] = s.AddedRows ?? 0,
        ["removed_files"] = s.RemovedFiles ?? 0,
        ["removed_rows"] = s.RemovedRows ?? 0,
        ["total_files"] = s.TotalFiles,
        ["total_rows"] = s.TotalRows,
        ["total_bytes"] = s.TotalBytes,
        ["job"] = s.Job,
        ["epoch"] = s.Epoch,
    };
}
