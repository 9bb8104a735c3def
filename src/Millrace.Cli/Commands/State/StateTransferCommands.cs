using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace state export|import</c>: a job's checkpoint as a document.</summary>
internal static class StateTransferCommands
{
    // A checkpoint is small; what is larger is another file.
    private const int LargestDocument = 256 << 20;

    public static Command Export()
    {
        Argument<string> job = StateArguments.Job();
        Option<long?> epoch = CountOption.Create("--epoch", "The epoch to export; the last one by default.", "number");
        var command = new Command("export", "Print a job's checkpoint as JSON: millrace state export job.yaml > state.json") { job, epoch };
        command.SetAction(async (parsed, cancellation) =>
        {
            Pipeline pipeline = await StateArguments.LoadAsync(parsed.GetRequiredValue(job), cancellation).ConfigureAwait(false);
            JobProgress progress = await JobProgress.OpenAsync(pipeline, cancellation).ConfigureAwait(false);
            await using (progress.ConfigureAwait(false))
            {
                long? wanted = parsed.GetValue(epoch);
                CommittedEpoch found = (wanted is null ? progress.Last : progress.Epochs.FirstOrDefault(e => e.Checkpoint.Epoch == wanted))
                    ?? throw (wanted is null
                        ? StateErrors.NoProgress.Error($"Job '{pipeline.Job}' has not committed anything.")
                        : StateErrors.UnknownEpoch.Error($"Epoch {wanted} of job '{pipeline.Job}' is not known."));
                JsonOutput.Write(found.Checkpoint.ToJson(), indented: !parsed.GetValue(CommonOptions.Json));
            }

            return App.ExitOk;
        });
        return command;
    }

    public static Command Import()
    {
        Argument<string> job = StateArguments.Job();
        var file = new Argument<string>("file") { Description = "What export printed; - for standard input." };
        Option<bool> yes = StateArguments.Yes();
        var command = new Command("import", "Give a job the progress that was exported: rows stay as they are") { job, file, yes };
        command.SetAction(async (parsed, cancellation) =>
        {
            Checkpoint checkpoint = await ReadAsync(parsed.GetRequiredValue(file), cancellation).ConfigureAwait(false);
            return await StateChangeCommands.ChangeAsync(parsed, parsed.GetRequiredValue(job), parsed.GetValue(yes), progress => progress.Import(checkpoint), cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<Checkpoint> ReadAsync(string path, CancellationToken cancellation)
    {
        ErrorPlace place = ErrorPlace.InFile(path);
        try
        {
            if (path != "-" && new FileInfo(path) is { Exists: true, Length: > LargestDocument } file)
            {
                throw StateErrors.WrongImport.Error($"The file has {file.Length} bytes; at most {LargestDocument} are read.", place);
            }

            string text = path == "-" ? await Console.In.ReadToEndAsync(cancellation).ConfigureAwait(false) : await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false);
            return JsonNode.Parse(text) is JsonObject json
                ? Checkpoint.FromJson(json, place)
                : throw StateErrors.WrongImport.Error("The document is no JSON object.", place);
        }
        catch (JsonException e)
        {
            throw StateErrors.WrongImport.Error($"The document is no JSON: {e.Message}", place, inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StateErrors.WrongImport.Error($"The file cannot be read: {e.Message}", place, inner: e);
        }
    }
}
