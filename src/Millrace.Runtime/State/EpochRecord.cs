using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>A commit as the state store keeps it: sealed JSON that a pager shows and any later program reads.</summary>
internal static class EpochRecord
{
    private const int Version = 1;
    private const int MaxDepth = 32;

    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    // A file of its own, never part of a page.
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] ToBytes(CommittedEpoch epoch)
    {
        var json = new JsonObject
        {
            ["version"] = Version,
            ["readable_since"] = Version,
            ["run"] = epoch.Run,
            ["rows"] = epoch.Rows,
            ["bytes"] = epoch.Bytes,
            ["objects"] = new JsonArray([.. epoch.Objects.Select(o => (JsonNode)o)]),
            ["checkpoint"] = epoch.Checkpoint.ToJson(),
        };
        return SealedText.Seal(json.ToJsonString(Layout));
    }

    /// <param name="bytes">What <see cref="ToBytes"/> made.</param>
    /// <param name="name">What the user calls the file, for messages.</param>
    public static CommittedEpoch FromBytes(ReadOnlySpan<byte> bytes, string name)
    {
        ErrorPlace place = ErrorPlace.InFile(name);
        string text = SealedText.Open(bytes) ?? throw ProgressErrors.Corrupt.Error($"The file has {bytes.Length} bytes and its seal does not fit them.", place);
        try
        {
            JsonObject json = JsonNode.Parse(text, documentOptions: Limits)!.AsObject();
            if ((int)json["readable_since"]! > Version)
            {
                throw ProgressErrors.UnknownVersion.Error($"The file has version {(int)json["version"]!}; this program reads version {Version}.", place);
            }

            return new CommittedEpoch(
                Checkpoint.FromJson(json["checkpoint"]!.AsObject(), place),
                (string)json["run"]!,
                (long)json["rows"]!,
                (long)json["bytes"]!,
                [.. json["objects"]!.AsArray().Select(o => (string)o!)]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
        {
            throw ProgressErrors.Corrupt.Error("The file is not in the layout that this program writes.", place, inner: e);
        }
    }
}
