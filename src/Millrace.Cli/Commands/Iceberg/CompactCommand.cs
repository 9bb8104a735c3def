using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Cli;

/// <summary><c>millrace iceberg compact TABLE</c>: writes small files, and files with deleted rows, anew.</summary>
internal static class CompactCommand
{
    public static Command Create()
    {
        var table = new TableArguments();
        Option<long?> target = TableArguments.Size("--target-size", "Size of the new files, about; the table's `write.target-file-size-bytes` by default, or 256MiB.");
        Option<long?> min = CountOption.Create("--min-files", "Small files that have to come together before they are written anew, 2 by default.", "count", int.MaxValue);
        var where = new Option<string?>("--where") { Description = "Only partitions that may hold such rows: \"region = 'eu' and ts >= '2026-03-01'\".", HelpName = "conditions" };
        var sort = new Option<string?>("--sort") { Description = "Order of the rows within the new files: \"region, ts desc\"; that of the table by default.", HelpName = "columns" };
        var all = new Option<bool>("--all") { Description = "Write files anew that are large and without deleted rows, too." };
        Option<long?> commit = TableArguments.Size("--commit-size", "Bytes that are written anew in one commit, 4GiB by default.");
        Option<long?> threads = CountOption.Create("--threads", "Files that are written at once; one per processor by default.", "count", 1024);
        var command = new Command("compact", "Write small files, and files with deleted rows, anew as larger ones: millrace iceberg compact lake/orders")
        {
            target, min, where, sort, all, commit, threads, table.Branch, table.DryRun,
        };
        table.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using TableMaintenance open = table.Open(parsed);
            var options = new CompactionOptions
            {
                TargetBytes = parsed.GetValue(target),
                Where = parsed.GetValue(where),
                Sort = parsed.GetValue(sort),
                All = parsed.GetValue(all),
                Branch = parsed.GetRequiredValue(table.Branch),
                DryRun = parsed.GetValue(table.DryRun),
            };
            options = options with
            {
                MinFiles = (int?)parsed.GetValue(min) ?? options.MinFiles,
                CommitBytes = parsed.GetValue(commit) ?? options.CommitBytes,
                Threads = (int?)parsed.GetValue(threads) ?? options.Threads,
            };
            CompactionReport report = await open.CompactAsync(options, cancellation).ConfigureAwait(false);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(ToJson(open.Path, report, options.DryRun));
            }
            else
            {
                Print(open.Path, report, options);
            }

            return report.GroupsGivenUp > 0 ? App.ExitPartial : App.ExitOk;
        });
        return command;
    }

    private static void Print(string path, CompactionReport report, CompactionOptions options)
    {
        string before = $"{Figures.Count(report.FilesBefore, "file")} with {Figures.Count(report.RowsBefore, "row")}, {Figures.Bytes(report.BytesBefore)}";
        string left = report.FilesLeft > 0 ? $"; {Figures.Count(report.FilesLeft, "file")} left as {(report.FilesLeft == 1 ? "it is" : "they are")}" : "";
        if (report.FilesBefore == 0)
        {
            string deletes = report.DeleteFilesRemoved > 0 ? $"; {Figures.Count(report.DeleteFilesRemoved, "file")} of deletes taken out that were for nothing any more" : "";
            Console.Out.WriteLine($"{path}: nothing to write anew{(report.FilesLeft > 0 ? $": {Figures.Count(report.FilesLeft, "file")} large enough, or fewer than {options.MinFiles} in a partition (--min-files)" : "")}{deletes}");
        }
        else if (options.DryRun)
        {
            Console.Out.WriteLine($"{path}: would write anew {before}, in {Figures.Count(report.Groups, "group")} of {Figures.Count(report.Partitions, "partition")}{left}");
        }
        else
        {
            Console.Out.WriteLine(
                $"{path}: {before} → {Figures.Count(report.FilesAfter, "file")} with {Figures.Count(report.RowsAfter, "row")}, {Figures.Bytes(report.BytesAfter)}; {Figures.Count(report.Commits, "commit")}{left}");
            if (report.RowsBefore > report.RowsAfter)
            {
                Console.Out.WriteLine($"  {Figures.Count(report.RowsBefore - report.RowsAfter, "deleted row")} left out");
            }

            if (report.DeleteFilesRemoved > 0)
            {
                Console.Out.WriteLine($"  {Figures.Count(report.DeleteFilesRemoved, "file")} of deletes taken out that were for nothing any more");
            }
        }

        if (report.GroupsGivenUp > 0)
        {
            Console.Out.WriteLine($"  {Figures.Count(report.GroupsGivenUp, "group")} as before: other commits changed their files each time; run again when the table is quieter");
        }
    }

    private static JsonObject ToJson(string path, CompactionReport report, bool dry) => new()
    {
        ["table"] = path,
        ["dry_run"] = dry,
        ["groups"] = report.Groups,
        ["partitions"] = report.Partitions,
        ["commits"] = report.Commits,
        ["files_before"] = report.FilesBefore,
        ["rows_before"] = report.RowsBefore,
        ["bytes_before"] = report.BytesBefore,
        ["files_after"] = report.FilesAfter,
        ["rows_after"] = report.RowsAfter,
        ["bytes_after"] = report.BytesAfter,
        ["files_left"] = report.FilesLeft,
        ["delete_files_removed"] = report.DeleteFilesRemoved,
        ["groups_given_up"] = report.GroupsGivenUp,
    };
}
