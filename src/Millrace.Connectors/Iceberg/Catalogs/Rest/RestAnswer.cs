using System.Text;
using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>What a catalog answered.</summary>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Body">The body; of no answer, why there was none.</param>
/// <param name="RetryAfter">How long the server asks to wait.</param>
internal sealed record RestAnswer(int Status, byte[] Body, TimeSpan? RetryAfter)
{
    private const int Longest = 400;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether the request may have taken effect although the answer does not say so (REST specification, "updateTable").</summary>
    public bool IsUnsure => Status is 0 or 408 or >= 500;

    /// <summary>What the server said, as one line: the message of the error model, or the beginning of a page.</summary>
    public string Said
    {
        get
        {
            (string? type, string? message) = Error();
            return Shown(message ?? Encoding.UTF8.GetString(Body)) + (type is null ? "" : $" ({type})");
        }
    }

    /// <summary>Name of the error in the error model; null for answers of others, such as proxies.</summary>
    public string? Type => Error().Type;

    private (string? Type, string? Message) Error()
    {
        try
        {
            using var json = JsonDocument.Parse(Body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.Object
                ? (Text(error, "type"), Text(error, "message"))
                : (null, null);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    /// <summary>The body of an answer, which may not be too long.</summary>
    public static async ValueTask<byte[]> ReadAsync(HttpResponseMessage response, int most, string host, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        Stream stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            byte[] part = new byte[64 << 10];
            for (int read; (read = await stream.ReadAsync(part, cancellation).ConfigureAwait(false)) > 0;)
            {
                if (body.Length + read > most)
                {
                    throw CatalogErrors.BadAnswer.Error($"The answer of {host} has more than the {most} bytes allowed.", hint: "Expire old snapshots of the table, so that its metadata gets smaller.");
                }

                body.Write(part, 0, read);
            }
        }

        return body.ToArray();
    }

    /// <summary>A text of somebody else as a part of a message.</summary>
    public static string Shown(string text)
    {
        string line = string.Join(' ', text.Split((char[])['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
        return line.Length == 0 ? "it does not say why." : line.Length > Longest ? line[..Longest] + "…" : line.EndsWith('.') ? line : line + ".";
    }

    public static string Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e.Message;

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
