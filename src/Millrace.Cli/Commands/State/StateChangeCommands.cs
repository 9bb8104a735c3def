using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace state rewind|reset</c>: shows what a change does, and makes it when it is confirmed.</summary>
internal static class StateChangeCommands
{
    public static Command Rewind()
    {
        Argument<string> job = StateArguments.Job();
        Option<bool> yes = StateArguments.Yes();
        Option<long?> epoch = CountOption.Create("--epoch", "The epoch after which the job shall stand again.", "number");
        var time = new Option<DateTimeOffset?>("--to")
        {
            Description = "The time as of which the job shall stand again: its last epoch before then.",
            HelpName = "time",
            CustomParser = ParseTime,
        };
        var command = new Command("rewind", "Take a job back to an earlier epoch: millrace state rewind job.yaml --epoch 12") { job, epoch, time, yes };
        command.Validators.Add(result =>
        {
            if (result.GetResult(epoch) is null == result.GetResult(time) is null)
            {
                result.AddError("Say how far back: with --epoch or with --to.");
            }
        });
        command.SetAction((parsed, cancellation) => ChangeAsync(
            parsed,
            parsed.GetRequiredValue(job),
            parsed.GetValue(yes),
            progress => progress.Rewind(parsed.GetValue(epoch) ?? progress.EpochAt(parsed.GetValue(time)!.Value).Checkpoint.Epoch),
            cancellation));
        return command;
    }

    public static Command Reset()
    {
        Argument<string> job = StateArguments.Job();
        Option<bool> yes = StateArguments.Yes();
        var rows = new Option<bool>("--with-rows") { Description = "Remove the rows that the job wrote too, where the target can." };
        var command = new Command("reset", "Forget a job's progress: its next run begins at the beginning") { job, rows, yes };
        command.SetAction((parsed, cancellation) => ChangeAsync(
            parsed, parsed.GetRequiredValue(job), parsed.GetValue(yes), progress => progress.Reset(parsed.GetValue(rows)), cancellation, forgets: true));
        return command;
    }

    /// <summary>Shows a change, and makes it if it is confirmed.</summary>
    public static async Task<int> ChangeAsync(ParseResult parsed, string path, bool confirmed, Func<JobProgress, ProgressChange> decide, CancellationToken cancellation, bool forgets = false)
    {
        Pipeline pipeline = await StateArguments.LoadAsync(path, cancellation).ConfigureAwait(false);
        JobProgress progress = await JobProgress.OpenAsync(pipeline, cancellation).ConfigureAwait(false);
        await using (progress.ConfigureAwait(false))
        {
            ProgressChange change = decide(progress);
            bool json = parsed.GetValue(CommonOptions.Json);
            IReadOnlyList<string> forgotten = [];
            if (confirmed)
            {
                await progress.ApplyAsync(change, cancellation).ConfigureAwait(false);
                forgotten = forgets ? await progress.ForgetSourceAsync(cancellation).ConfigureAwait(false) : [];
            }

            Print(pipeline, change, confirmed, json, forgotten);
            if (!confirmed)
            {
                throw StateErrors.NotConfirmed.Error($"The progress of '{pipeline.Job}' is as it was.");
            }

            return App.ExitOk;
        }
    }

    private static void Print(Pipeline pipeline, ProgressChange change, bool made, bool json, IReadOnlyList<string> forgotten)
    {
        if (json)
        {
            JsonOutput.Write(new JsonObject
            {
                ["job"] = pipeline.Job,
                ["made"] = made,
                ["epoch"] = change.Next.Epoch,
                ["removed"] = Sum(change.Removed),
                ["repeated"] = Sum(change.Repeated),
                ["checkpoint"] = change.Next.ToJson(),
                ["at_source"] = new JsonArray([.. forgotten.Select(f => (JsonNode)f)]),
            });
            return;
        }

        Console.Out.WriteLine($"{pipeline.Job}: epoch {change.Next.Epoch} {(made ? "stands" : "would stand")} at {Figures.Count(change.Next.Splits.Count, "position")}");
        if (change.Removed.Count > 0)
        {
            Console.Out.WriteLine($"  {(made ? "removed" : "to remove")}: {Describe(change.Removed)}; the next run reads and writes them again");
        }

        if (change.Repeated.Count > 0)
        {
            Console.Out.WriteLine($"  kept, and written a second time by the next run: {Describe(change.Repeated)}");
        }

        foreach (string sentence in forgotten)
        {
            Console.Out.WriteLine($"  at the source: {sentence}");
        }
    }

    private static string Describe(IReadOnlyList<CommittedEpoch> epochs)
    {
        string numbers = epochs.Count == 1 ? $"epoch {epochs[0].Checkpoint.Epoch}" : $"epochs {epochs[0].Checkpoint.Epoch} to {epochs[^1].Checkpoint.Epoch}";
        return $"{numbers} with {Figures.Count(epochs.Sum(e => e.Rows), "row")} in {Figures.Count(epochs.Sum(e => (long)e.Objects.Count), "object")}";
    }

    private static JsonObject Sum(IReadOnlyList<CommittedEpoch> epochs) => new()
    {
        ["epochs"] = new JsonArray([.. epochs.Select(e => (JsonNode)e.Checkpoint.Epoch)]),
        ["rows"] = epochs.Sum(e => e.Rows),
        ["objects"] = epochs.Sum(e => (long)e.Objects.Count),
    };

    private static DateTimeOffset? ParseTime(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return time;
        }

        result.AddError($"'{result.Tokens[0].Value}' is no time; write it as 2026-01-31T12:00:00Z.");
        return null;
    }
}
