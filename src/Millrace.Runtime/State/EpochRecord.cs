using System.Buffers;
using System.Text.Json;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>A commit as the state store keeps it: sealed JSON that a pager shows and any later program reads.</summary>
internal static class EpochRecord
{
    private const int Version = 1;
    private const int MaxDepth = 32;

    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    // A file of its own, never part of a page.
    private static readonly JsonWriterOptions Layout = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] ToBytes(CommittedEpoch epoch)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Layout))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteNumber("readable_since", Version);
            json.WriteString("run", epoch.Run);
            json.WriteNumber("rows", epoch.Rows);
            json.WriteNumber("bytes", epoch.Bytes);
            json.WriteStartArray("objects");
            foreach (string name in epoch.Objects)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WritePropertyName("checkpoint");
            epoch.Checkpoint.WriteTo(json);
            json.WriteEndObject();
        }

        return SealedText.Seal(text.WrittenSpan);
    }

    /// <param name="bytes">What <see cref="ToBytes"/> made.</param>
    /// <param name="name">What the user calls the file, for messages.</param>
    public static CommittedEpoch FromBytes(ReadOnlyMemory<byte> bytes, string name)
    {
        ErrorPlace place = ErrorPlace.InFile(name);
        if (!SealedText.TryOpen(bytes.Span, out int length))
        {
            throw ProgressErrors.Corrupt.Error($"The file has {bytes.Length} bytes and its seal does not fit them.", place);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes[..length], Limits);
            JsonElement json = document.RootElement;
            if (json.GetProperty("readable_since").GetInt32() > Version)
            {
                throw ProgressErrors.UnknownVersion.Error($"The file has version {json.GetProperty("version").GetInt32()}; this program reads version {Version}.", place);
            }

            return new CommittedEpoch(
                Checkpoint.FromJson(json.GetProperty("checkpoint"), place),
                Text(json.GetProperty("run")),
                json.GetProperty("rows").GetInt64(),
                json.GetProperty("bytes").GetInt64(),
                [.. json.GetProperty("objects").EnumerateArray().Select(Text)]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw ProgressErrors.Corrupt.Error("The file is not in the layout that this program writes.", place, inner: e);
        }
    }

    private static string Text(JsonElement json) => json.GetString() ?? throw new FormatException("a text is expected");
}
