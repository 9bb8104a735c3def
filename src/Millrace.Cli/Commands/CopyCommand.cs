using System.CommandLine;
using Millrace.Formats;
using Millrace.Formats.Compression;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace copy SRC DST</c>: one line, no file.</summary>
internal static class CopyCommand
{
    public static Command Create()
    {
        Argument<string> source = EndpointArguments.Source();
        var target = new Argument<string>("target") { Description = "Path of a file, a folder (ends with /), or URL; - prints the rows, in the format of the source if that can be printed as rows come, else as CSV." };
        Option<string[]> sourceOptions = EndpointArguments.SourceOptions();
        Option<string?> sourceFormat = EndpointArguments.SourceFormat();
        var targetOptions = new Option<string[]>("--target-option", "-t") { Description = "Option of the target, as name=value; may be repeated.", HelpName = "name=value" };
        var format = new Option<string?>("--format", "-f") { Description = "Format of the target, when its name does not tell.", HelpName = "name", CompletionSources = { _ => FormatNames.All } };
        Option<string?> columns = ColumnArguments.Option();
        var partition = new Option<string?>("--partition", "-p") { Description = "Columns or expressions, such as year(ts), that make folders.", HelpName = "list" };
        var write = new Option<string?>("--write", "-w") { Description = "append to what is there, overwrite it, or by --key: merge into it, make it equal (snapshot_diff), keep every version (scd2). Without it, an existing target is an error." };
        write.AcceptOnlyFromAmong("append", "overwrite", "merge", "snapshot_diff", "scd2");
        var key = new Option<string?>("--key", "-k") { Description = "Columns that identify a row, for --write merge, snapshot_diff and scd2.", HelpName = "list" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Short for --write overwrite." };
        var onError = new Option<FailureStrategy>("--on-error")
        {
            Description = "What happens at a bad row: fail_batch (the default), log_and_continue or dead_letter.",
            HelpName = "strategy",
            CustomParser = ParseStrategy,
            CompletionSources = { "fail_batch", "log_and_continue", "dead_letter" },
        };
        Option<bool> follow = FollowOption.Create();
        Option<bool> takeOver = TakeOverOption.Create();
        Option<long?> limit = CountOption.Create("--limit", "Copy at most so many rows.", "rows");
        Option<long?> threads = CountOption.Create("--threads", "Threads to keep busy; one a processor by default.", "count", Pipeline.MaxThreads);
        Option<long?> parallel = GroupOptions.Parallel();
        Option<bool> restart = GroupOptions.Restart();
        var command = new Command("copy", "Copy a source to a target: millrace copy orders.csv lake/orders.parquet")
        {
            source, target, sourceFormat, sourceOptions, format, targetOptions, columns, partition, write, key, overwrite, onError, follow, takeOver, limit, threads,
        };
        command.Options.Add(parallel);
        command.Options.Add(restart);
        var observing = new ObservationOptions(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            Endpoint from = EndpointArguments.Resolve(parsed.GetRequiredValue(source), ConnectorRole.Source, parsed.GetValue(sourceOptions) ?? [], parsed.GetValue(sourceFormat));
            bool follows = parsed.GetValue(follow) || from.Settings.Follow == true;
            (string place, string? targetFormat) = EndpointArguments.Placed(parsed.GetRequiredValue(target), parsed.GetValue(format));
            OptionMap extra = EndpointArguments.Parse(parsed.GetValue(targetOptions) ?? [], targetFormat ?? PrintedFormat(parsed.GetRequiredValue(source), place, parsed.GetValue(sourceFormat), parsed.GetValue(targetOptions) ?? []));
            if (parsed.GetValue(partition) is { } by)
            {
                extra.Set("partition", new OptionScalar(by, new ErrorPlace { File = "--partition" }));
            }

            ReadMode reads = from.Settings.Mode ?? (follows ? ReadMode.Incremental : ReadMode.Full);
            WriteMode? wanted = parsed.GetValue(overwrite) ? WriteMode.Overwrite : CopyTarget.ModeOf(parsed.GetValue(write));
            Observation observation = observing.Open(parsed);
            await using (observation.ConfigureAwait(false))
            {
                bool json = parsed.GetValue(CommonOptions.Json);
                if (from.Streams is not { } streams)
                {
                    return await JobRunner.RunAsync([PipelineTo(place, null)], json, observation, cancellation).ConfigureAwait(false);
                }

                var group = new StreamGroup
                {
                    Job = CopyName.Of(parsed.GetRequiredValue(source), place, parsed.GetValue(write)),
                    BaseDirectory = Directory.GetCurrentDirectory(),
                    Source = from,
                    Selection = streams,
                    Parallel = (int?)parsed.GetValue(parallel),
                    Restarts = parsed.GetValue(restart),
                    PipelineOf = stream => PipelineTo(StreamGroup.TargetOf(place, stream.Name), stream),
                };
                return await GroupJob.RunAsync(group, json, observation, cancellation).ConfigureAwait(false);
            }

            Pipeline PipelineTo(string location, StreamDescription? stream)
            {
                (Endpoint to, WriteMode? mode) = CopyTarget.Of(location, extra, wanted, mayExist: follows);
                CopyTarget.Check(from, reads, to, mode);
                IReadOnlyList<string> by = parsed.GetValue(key) is { } keys ? keys.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : to.Settings.Key;
                return new Pipeline
                {
                    Job = stream is null ? "copy" : StreamGroup.NameOf("copy", stream.Name),
                    Stream = stream?.Name,
                    BaseDirectory = Directory.GetCurrentDirectory(),
                    Source = from,
                    Sink = to,
                    ReadMode = reads,
                    Cursor = from.Settings.Cursor,
                    Lookback = from.Settings.Lookback ?? TimeSpan.Zero,
                    Deletes = from.Settings.Deletes ?? ReadDeletes.Ignore,
                    Follows = follows,
                    Poll = from.Settings.Poll ?? TimeSpan.FromSeconds(1),
                    TakesOver = parsed.GetValue(takeOver),
                    OneEpoch = true,
                    WriteMode = mode ?? WriteMode.Append,
                    Key = stream is null ? by : StreamGroup.KeyOf(mode ?? WriteMode.Append, by, stream),
                    Columns = ColumnArguments.Parse(parsed.GetValue(columns)),
                    Failure = new FailureSpec { Strategy = parsed.GetValue(onError) },
                    Limit = parsed.GetValue(limit) ?? long.MaxValue,
                    Threads = (int)(parsed.GetValue(threads) ?? Environment.ProcessorCount),
                };
            }
        });
        return command;
    }

    // Rows that are printed need a format that nothing else names; null where something does.
    private static string? PrintedFormat(string source, string target, string? sourceFormat, string[] targetOptions)
    {
        if (target is not ConnectorContext.StandardOutput || targetOptions.Any(o => o.StartsWith("format=", StringComparison.Ordinal) || o.StartsWith("format.name=", StringComparison.Ordinal)))
        {
            return null;
        }

        string path = Location.Parse(source).Path;
        FileFormat? own = sourceFormat is null ? FormatRegistry.BuiltIn.FindByPath(path[..^FileCodecs.Ending(path).Length]) : FormatRegistry.BuiltIn.Require(sourceFormat);
        bool prints = own is { Capabilities.CanWrite: true } && own.IsOpenEnded((FormatOptions)Activator.CreateInstance(own.OptionsType)!);
        return prints ? own!.Name : "csv";
    }

    private static FailureStrategy ParseStrategy(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        foreach (FailureStrategy strategy in Enum.GetValues<FailureStrategy>())
        {
            if (OptionInfo.SnakeCase(strategy.ToString()) == text)
            {
                return strategy;
            }
        }

        result.AddError($"'{text}' is no failure strategy{NearestName.Suggest(text, ["fail_batch", "log_and_continue", "dead_letter"])}; there are fail_batch, log_and_continue and dead_letter.");
        return default;
    }
}
