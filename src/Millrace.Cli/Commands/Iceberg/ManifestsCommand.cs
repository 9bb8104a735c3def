using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Cli;

/// <summary><c>millrace iceberg rewrite-manifests TABLE</c>: fewer manifests, the files of a partition together.</summary>
internal static class ManifestsCommand
{
    public static Command Create()
    {
        var table = new TableArguments();
        Option<long?> target = TableArguments.Size("--target-size", "Size of a manifest, about; the table's `commit.manifest.target-size-bytes` by default, or 8MiB.");
        var command = new Command("rewrite-manifests", "Write manifests anew, fewer and by partition, so that plans read few of them: millrace iceberg rewrite-manifests lake/orders") { target, table.Branch, table.DryRun };
        table.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using TableMaintenance open = table.Open(parsed);
            bool dry = parsed.GetValue(table.DryRun);
            ManifestReport report = await open.RewriteManifestsAsync(
                new ManifestOptions { Branch = parsed.GetRequiredValue(table.Branch), TargetBytes = parsed.GetValue(target), DryRun = dry }, cancellation).ConfigureAwait(false);
            string before = $"{Figures.Count(report.Before, "manifest")}, {Figures.Bytes(report.BytesBefore)}";
            JsonOutput.WriteOr(
                parsed.GetValue(CommonOptions.Json),
                new JsonObject
                {
                    ["table"] = open.Path,
                    ["dry_run"] = dry,
                    ["changed"] = report.Changed && !dry,
                    ["files"] = report.Files,
                    ["manifests_before"] = report.Before,
                    ["bytes_before"] = report.BytesBefore,
                    ["manifests_after"] = report.After,
                    ["bytes_after"] = dry ? null : report.BytesAfter,
                },
                !report.Changed
                    ? $"{open.Path}: nothing to gain; {before} name {Figures.Count(report.Files, "file")}"
                    : dry
                        ? $"{open.Path}: {before} would become about {Figures.Count(report.After)}, which name {Figures.Count(report.Files, "file")}"
                        : $"{open.Path}: {before} → {Figures.Count(report.After, "manifest")}, {Figures.Bytes(report.BytesAfter)}, which name {Figures.Count(report.Files, "file")}");
            return App.ExitOk;
        });
        return command;
    }
}
