using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Cli;

/// <summary><c>millrace iceberg describe TABLE</c>: what a table is and holds.</summary>
internal static class DescribeTableCommand
{
    public static Command Create()
    {
        var table = new TableArguments();
        var command = new Command("describe", "Show columns, files, branches, tags and jobs of a table: millrace iceberg describe lake/orders");
        table.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using TableMaintenance open = table.Open(parsed);
            TableDescription description = await open.DescribeAsync(cancellation).ConfigureAwait(false);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(ToJson(open.Path, description));
            }
            else
            {
                Print(open.Path, description);
            }

            return App.ExitOk;
        });
        return command;
    }

    private static void Print(string path, TableDescription table)
    {
        TextWriter o = Console.Out;
        o.WriteLine($"{path}: Iceberg table of format version {table.FormatVersion}, changed {TableText.Time(table.ChangedAt)}");
        o.WriteLine($"  location   {table.Location}");
        o.WriteLine($"  metadata   {table.MetadataFile}");
        o.WriteLine($"  rows       {Figures.Count(table.Rows)} in {Figures.Count(table.DataFiles, "data file")}, {Figures.Bytes(table.DataBytes)}{Deletes(table)}");
        o.WriteLine($"  files      {Figures.Count(table.SmallFiles)} of {Figures.Count(table.DataFiles)} are small: below three quarters of {Figures.Bytes(table.TargetFileBytes)}; {Figures.Count(table.Manifests, "manifest")}");
        o.WriteLine($"  snapshots  {Figures.Count(table.Snapshots)}{(table.OldestSnapshotAt is { } oldest ? $", the oldest of {TableText.Time(oldest)}" : "")}");
        o.WriteLine($"  partition  {(table.Partition.Count == 0 ? "none" : string.Join(", ", table.Partition))}");
        List(o, "columns", table.Columns);
        List(o, "branches and tags", [.. table.References.Select(r => $"{(r.IsBranch ? "branch" : "tag")} {r.Name} at {r.SnapshotId}{TableText.Retention(r)}")]);
        List(o, "jobs", [.. table.Jobs.Select(j => $"{j.Job}: epoch {j.Epoch}, committed as snapshot {j.SnapshotId}")]);
        List(o, "properties", [.. table.Properties.Select(p => $"{p.Key} = {p.Value}")]);
    }

    private static string Deletes(TableDescription table) => table.DeleteFiles == 0 ? "" : $"; {Figures.Count(table.DeleteFiles, "file")} of deletes, so fewer rows are read";

    private static void List(TextWriter o, string title, IReadOnlyList<string> lines)
    {
        if (lines.Count > 0)
        {
            o.WriteLine($"  {title}");
        }

        foreach (string line in lines)
        {
            o.WriteLine($"    {line}");
        }
    }

    private static JsonObject ToJson(string path, TableDescription table) => new()
    {
        ["table"] = path,
        ["location"] = table.Location,
        ["metadata_file"] = table.MetadataFile,
        ["uuid"] = table.Uuid.ToString(),
        ["format_version"] = table.FormatVersion,
        ["changed_at"] = TableText.Iso(table.ChangedAt),
        ["current_snapshot_id"] = table.CurrentSnapshot,
        ["snapshots"] = table.Snapshots,
        ["oldest_snapshot_at"] = table.OldestSnapshotAt is { } oldest ? TableText.Iso(oldest) : null,
        ["rows"] = table.Rows,
        ["data_files"] = table.DataFiles,
        ["data_bytes"] = table.DataBytes,
        ["small_files"] = table.SmallFiles,
        ["target_file_bytes"] = table.TargetFileBytes,
        ["delete_files"] = table.DeleteFiles,
        ["manifests"] = table.Manifests,
        ["columns"] = new JsonArray([.. table.Columns.Select(c => (JsonNode)c)]),
        ["partition"] = new JsonArray([.. table.Partition.Select(p => (JsonNode)p)]),
        ["references"] = new JsonArray([.. table.References.Select(r => (JsonNode)TableText.Json(r)!)]),
        ["jobs"] = new JsonArray([.. table.Jobs.Select(j => (JsonNode)new JsonObject { ["job"] = j.Job, ["epoch"] = j.Epoch, ["snapshot_id"] = j.SnapshotId })]),
        ["properties"] = new JsonObject(table.Properties.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
    };
}
