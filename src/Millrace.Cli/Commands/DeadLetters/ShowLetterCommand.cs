using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace dlq show ID</c>: all that is known of one letter.</summary>
internal static class ShowLetterCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("id") { Description = "Id of the letter, or its first digits." };
        var letters = new LetterArguments();
        var command = new Command("show", "Show a dead letter with its original bytes") { id };
        letters.AddPlace(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            DeadLetterIndex index = await (await letters.FolderAsync(parsed, cancellation).ConfigureAwait(false)).ReadAsync(cancellation).ConfigureAwait(false);
            string wanted = LetterArguments.FullId(parsed.GetRequiredValue(id), index);
            await foreach (DeadLetter letter in index.LettersAsync(cancellation).ConfigureAwait(false))
            {
                if (letter.Id == wanted)
                {
                    JsonOutput.WriteOr(parsed.GetValue(CommonOptions.Json), JsonNode.Parse(LetterExport.ToJson(letter))!, Describe(letter));
                    return App.ExitOk;
                }
            }

            throw DeadLetterErrors.NotFound.Error($"The dead letter {wanted} was replayed.");
        });
        return command;
    }

    private static string Describe(DeadLetter letter)
    {
        var text = new StringBuilder();
        Add(text, "id", letter.Id);
        Add(text, "error", $"{letter.Code} {letter.Message}");
        Add(text, "place", letter.Place.ToString());
        Add(text, "stage", OptionInfo.SnakeCase(letter.Stage.ToString()));
        Add(text, "attempts", letter.Attempts.ToString(CultureInfo.InvariantCulture));
        Add(text, "first", Time(letter.First));
        Add(text, "last", Time(letter.Last));
        Add(text, "job", letter.Tenant == "default" ? letter.Job : $"{letter.Job} of {letter.Tenant}");
        Add(text, "version", letter.JobVersion);
        Add(text, "run", $"{letter.Run}, epoch {letter.Epoch}");
        Add(text, "position", letter.Position?.ToJsonString());
        Add(text, "key", letter.Key is { } key ? Show(key.Span) : null);
        foreach ((string name, string? value) in letter.Headers)
        {
            Add(text, "header", $"{name}: {value}");
        }

        foreach ((string name, string? value) in letter.Fields)
        {
            Add(text, "field", $"{name}: {value ?? "NULL"}");
        }

        Add(text, letter.Form == RawForm.Json ? "row" : "bytes", Show(letter.Raw.Span));
        Add(text, "cut", letter.IsCut ? $"{letter.Raw.Length} of {letter.RawLength} bytes are kept" : null);
        return text.ToString().TrimEnd();
    }

    private static string Show(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : $"base64 {Convert.ToBase64String(bytes)}";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // Control characters of hostile rows stay out of the terminal.
    private static void Add(StringBuilder text, string name, string? value)
    {
        if (value is not null)
        {
            string plain = string.Concat(value.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '·' : c));
            text.AppendLine(CultureInfo.InvariantCulture, $"{name,-9} {plain}");
        }
    }
}
