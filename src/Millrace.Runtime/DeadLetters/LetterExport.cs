using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>What an exported file holds.</summary>
public enum LetterExportForm
{
    /// <summary>Whole letters as JSON lines, which a replay takes back after they were edited.</summary>
    JsonLines,

    /// <summary>A table for people: a row a letter.</summary>
    Csv,

    /// <summary>The rows as they were, a line each.</summary>
    Raw,
}

/// <summary>Writes dead letters into a file, which appears when it is complete.</summary>
public static class LetterExport
{
    private const int BufferSize = 128 << 10;

    private static readonly string[] Columns =
    [
        "id", "tenant", "job", "stage", "code", "message", "file", "line", "column", "offset", "row", "field", "attempts", "first", "last", "run", "epoch", "raw", "raw_base64",
    ];

    /// <returns>Letters written.</returns>
    public static async ValueTask<long> WriteAsync(IAsyncEnumerable<DeadLetter> letters, string path, LetterExportForm form, bool overwrite, CancellationToken cancellation)
    {
        string full = Path.GetFullPath(path);
        var store = new LocalStore(Path.GetDirectoryName(full)!, Path.GetDirectoryName(path));
        var buffer = new ArrayBufferWriter<byte>();
        long count = 0;
        IStagedObject staged = await store.StageAsync(Path.GetFileName(full), cancellation).ConfigureAwait(false);
        await using (staged.ConfigureAwait(false))
        {
            if (form == LetterExportForm.Csv)
            {
                AppendLine(buffer, Columns);
            }

            await foreach (DeadLetter letter in letters.WithCancellation(cancellation).ConfigureAwait(false))
            {
                Append(buffer, letter, form);
                count++;
                if (buffer.WrittenCount >= BufferSize)
                {
                    await staged.WriteAsync(buffer.WrittenMemory, cancellation).ConfigureAwait(false);
                    buffer.ResetWrittenCount();
                }
            }

            await staged.WriteAsync(buffer.WrittenMemory, cancellation).ConfigureAwait(false);
            await staged.PublishAsync(overwrite ? PutCondition.Any : PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
        }

        return count;
    }

    /// <summary>A letter as one line of JSON that stands for itself.</summary>
    public static string ToJson(DeadLetter letter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        DeadLetterCodec.Write(buffer, letter, contextId: null);
        return Encoding.UTF8.GetString(buffer.WrittenSpan[..^1]);
    }

    private static void Append(ArrayBufferWriter<byte> buffer, DeadLetter letter, LetterExportForm form)
    {
        switch (form)
        {
            case LetterExportForm.JsonLines:
                DeadLetterCodec.Write(buffer, letter, contextId: null);
                break;
            case LetterExportForm.Raw:
                buffer.Write(letter.Raw.Span);
                buffer.Write("\n"u8);
                break;
            default:
                AppendLine(buffer, Cells(letter));
                break;
        }
    }

    private static string?[] Cells(DeadLetter letter)
    {
        ErrorPlace place = letter.Place;
        bool isText = Utf8.IsValid(letter.Raw.Span);
        return
        [
            letter.Id, letter.Tenant, letter.Job, OptionInfo.SnakeCase(letter.Stage.ToString()), letter.Code, letter.Message,
            place.File, Number(place.Line), Number(place.Column), Number(place.Offset), Number(place.Row), place.Field,
            Number(letter.Attempts), Time(letter.First), Time(letter.Last), letter.Run, Number(letter.Epoch),
            isText ? Encoding.UTF8.GetString(letter.Raw.Span) : null, isText ? null : Convert.ToBase64String(letter.Raw.Span),
        ];
    }

    private static void AppendLine(ArrayBufferWriter<byte> buffer, IEnumerable<string?> cells)
        => Encoding.UTF8.GetBytes(string.Join(',', cells.Select(Quote)) + "\n", buffer);

    private static string Quote(string? cell) => cell switch
    {
        null => "",
        "" => "\"\"",
        _ when cell.AsSpan().IndexOfAny(",\"\r\n") >= 0 => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => cell,
    };

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
