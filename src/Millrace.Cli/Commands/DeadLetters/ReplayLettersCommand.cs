using System.CommandLine;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary><c>millrace dlq replay JOB</c>: sends letters through their job again.</summary>
internal static class ReplayLettersCommand
{
    public static Command Create()
    {
        var job = new Argument<string>("job") { Description = "Job file as it is now, or file of statements; its source tells how rows are read, its target where they go." };
        var letters = new LetterArguments();
        var all = new Option<bool>("--all") { Description = "Replay every letter of the job." };
        var from = new Option<string?>("--from") { Description = "Replay the letters of a file that was exported as .jsonl, with their `raw` as edited there.", HelpName = "file" };
        var command = new Command("replay", "Send dead letters through their job again: millrace dlq replay jobs/orders.yaml --all") { job };
        letters.AddFilter(command);
        command.Options.Add(all);
        command.Options.Add(from);
        var observing = new ObservationOptions(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            Pipeline pipeline = await LetterArguments.JobAsync(parsed.GetRequiredValue(job), cancellation).ConfigureAwait(false);
            DeadLetterIndex index = await DeadLetterFolder.OfJob(pipeline).ReadAsync(cancellation).ConfigureAwait(false);
            ReplaySelection selection = (parsed.GetValue(from), letters.HasFilter(parsed), parsed.GetValue(all)) switch
            {
                ({ } file, false, false) => await ReplaySelection.FromFileAsync(file, cancellation).ConfigureAwait(false),
                (null, true, false) => new ReplaySelection { Filter = letters.Filter(parsed, index) },
                (null, false, true) => new ReplaySelection(),
                _ => throw UsageErrors.Usage.Error("A replay takes letters that are chosen (--id, --code, --stage, --since, --until), or --from, or --all."),
            };
            bool json = parsed.GetValue(CommonOptions.Json);
            Observation observation = observing.Open(parsed);
            ReplaySummary summary;
            await using (observation.ConfigureAwait(false))
            {
                summary = await new ReplayRunner(pipeline, selection, observation.Log).RunAsync(cancellation).ConfigureAwait(false);
            }

            Print(summary, json);
            return summary.Outcome switch
            {
                RunOutcome.Succeeded => App.ExitOk,
                RunOutcome.Partial => App.ExitPartial,
                _ => App.ExitFailed,
            };
        });
        return command;
    }

    private static void Print(ReplaySummary summary, bool json)
    {
        if (json)
        {
            JsonOutput.Write(summary.ToJson());
            return;
        }

        foreach (string note in summary.Notes)
        {
            Console.Error.WriteLine($"note: {note}");
        }

        if (summary.Error is not null)
        {
            ErrorPrinter.Print(summary.Error, json: false);
        }

        Console.Out.WriteLine($"{summary.Job}: {Figures.Count(summary.Replayed, "dead letter")} replayed as {Figures.Count(summary.Rows, "row")}; {Figures.Count(summary.Waiting)} wait.");
        if (summary.Failed > 0)
        {
            Console.Error.WriteLine($"{Figures.Count(summary.Failed, "letter")} still bad:");
            foreach (DeadLetter letter in summary.FailedSample)
            {
                Console.Error.WriteLine($"  {letter.Id[..LetterArguments.ShownId]} {letter.Code} {letter.Place}: {letter.Message}");
            }
        }
    }
}
