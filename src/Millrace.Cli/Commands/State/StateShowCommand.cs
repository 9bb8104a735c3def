using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace state show JOB…</c>: epochs, positions, watermark, and what would be read next.</summary>
internal static class StateShowCommand
{
    private const int ShownEpochs = 10;
    private const int ShownPositions = 20;

    public static Command Create()
    {
        var jobs = new Argument<string[]>("job") { Description = "Job files, folders of them, or files of statements.", Arity = ArgumentArity.OneOrMore };
        var all = new Option<bool>("--all") { Description = "All epochs and positions, not just the latest." };
        var command = new Command("show", "Show epochs, positions, and what the next run would read") { jobs, all };
        command.SetAction(async (parsed, cancellation) =>
        {
            bool json = parsed.GetValue(CommonOptions.Json);
            foreach (Pipeline pipeline in await StateArguments.LoadAllAsync(parsed.GetRequiredValue(jobs), cancellation).ConfigureAwait(false))
            {
                JobProgress progress = await JobProgress.OpenAsync(pipeline, cancellation).ConfigureAwait(false);
                await using (progress.ConfigureAwait(false))
                {
                    NextRead? next = null;
                    MillraceException? unreadable = null;
                    try
                    {
                        next = await progress.PlanNextAsync(cancellation).ConfigureAwait(false);
                    }
                    catch (MillraceException e)
                    {
                        // Progress can be looked at while its source is away.
                        unreadable = e;
                    }

                    QueryState? state = progress.Last is { } last ? await progress.StateOfAsync(last.Checkpoint, cancellation).ConfigureAwait(false) : null;
                    if (json)
                    {
                        JsonObject document = Document(pipeline, progress, next, unreadable);
                        document["state"] = state?.ToJson();
                        JsonOutput.Write(document);
                    }
                    else
                    {
                        Print(pipeline, progress, next, unreadable, parsed.GetValue(all));
                        Print(state);
                    }
                }
            }

            return App.ExitOk;
        });
        return command;
    }

    private static void Print(Pipeline pipeline, JobProgress progress, NextRead? next, MillraceException? unreadable, bool all)
    {
        Console.Out.WriteLine(progress.Last is null
            ? $"{pipeline.Job}: no epoch yet; progress will be kept in {progress.Place}"
            : $"{pipeline.Job}: epoch {progress.Last.Checkpoint.Epoch} of {Time(progress.Last.Checkpoint.CreatedAt)}, kept in {progress.Place}");
        int skipped = all ? 0 : Math.Max(0, progress.Epochs.Count - ShownEpochs);
        if (skipped > 0)
        {
            Console.Out.WriteLine($"  {skipped} earlier epochs, from {progress.Epochs[0].Checkpoint.Epoch} on");
        }

        foreach (CommittedEpoch epoch in progress.Epochs.Skip(skipped))
        {
            string notes = string.Concat(epoch.Checkpoint.Notes.Where(n => n.Key is "rewound_to" or "reset" or "imported").Select(n => $", {n.Key.Replace('_', ' ')} {n.Value}"));
            Console.Out.WriteLine($"  epoch {epoch.Checkpoint.Epoch}  {Time(epoch.Checkpoint.CreatedAt)}  {Figures.Count(epoch.Rows, "row")}, {Figures.Bytes(epoch.Bytes)}, {Figures.Count(epoch.Objects.Count, "object")}{notes}");
        }

        if (progress.Last is { } last)
        {
            PrintPositions(last.Checkpoint, all);
        }

        PrintNext(next, unreadable);
    }

    private static void Print(QueryState? state)
    {
        foreach (StateFile file in state?.Files ?? [])
        {
            Console.Out.WriteLine($"  state {file.Name}  {(file.Bytes is { } bytes ? Figures.Bytes(bytes) : "missing")}");
        }

        foreach (StatePart part in state?.Parts ?? [])
        {
            Console.Out.WriteLine($"    {part.Stage}  {Figures.Count(part.Rows, "row")} saved, {Figures.Bytes(part.Bytes)}");
        }

        if (state?.Damage is { } damage)
        {
            Console.Out.WriteLine($"  the state cannot be read: {damage.Describe()}");
        }
    }

    private static void PrintPositions(Checkpoint checkpoint, bool all)
    {
        if (checkpoint.Watermark is { } watermark)
        {
            Console.Out.WriteLine($"  watermark {Time(watermark)}");
        }

        int done = checkpoint.Splits.Count(s => s.Value.Done);
        Console.Out.WriteLine($"  positions: {checkpoint.Splits.Count}, {done} of them finished{(checkpoint.ReadComplete ? "" : "; the read was cut short and goes on")}");
        foreach ((string key, SplitProgress split) in checkpoint.Splits.Where(s => all || !s.Value.Done).OrderBy(s => s.Key, StringComparer.Ordinal).Take(all ? int.MaxValue : ShownPositions))
        {
            Console.Out.WriteLine($"    {key}  {(split.Done ? "finished" : split.Position?.ToString() ?? "at its beginning")}");
        }
    }

    private static void PrintNext(NextRead? next, MillraceException? unreadable)
    {
        if (next is null)
        {
            Console.Out.WriteLine($"  next: the source cannot be asked: {unreadable!.Describe()}");
            return;
        }

        if (next.Splits.Count == 0)
        {
            Console.Out.WriteLine("  next: nothing new");
            return;
        }

        string size = next.Bytes is { } bytes ? $", {Figures.Bytes(bytes)}" : "";
        Console.Out.WriteLine($"  next: {(next.More ? "more than " : "")}{Figures.Count(next.Splits.Count, "split")}{size}");
        foreach (string split in next.Splits)
        {
            Console.Out.WriteLine($"    {split}");
        }
    }

    private static JsonObject Document(Pipeline pipeline, JobProgress progress, NextRead? next, MillraceException? unreadable)
    {
        var json = new JsonObject
        {
            ["job"] = pipeline.Job,
            ["tenant"] = pipeline.Tenant,
            ["kept_in"] = progress.Place,
            ["takes_back_rows"] = progress.TakesBackRows,
            ["epochs"] = new JsonArray([.. progress.Epochs.Select(e => (JsonNode)new JsonObject
            {
                ["epoch"] = e.Checkpoint.Epoch,
                ["created_at"] = e.Checkpoint.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
                ["run"] = e.Run,
                ["rows"] = e.Rows,
                ["bytes"] = e.Bytes,
                ["objects"] = new JsonArray([.. e.Objects.Select(o => (JsonNode)o)]),
            })]),
            ["checkpoint"] = progress.Last?.Checkpoint.ToJson(),
        };
        if (next is not null)
        {
            json["next"] = new JsonObject
            {
                ["splits"] = new JsonArray([.. next.Splits.Select(s => (JsonNode)s)]),
                ["more"] = next.More,
                ["bytes"] = next.Bytes,
                ["rows"] = next.Rows,
            };
        }
        else
        {
            json["next_error"] = ErrorJson.Of(unreadable!);
        }

        return json;
    }

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
