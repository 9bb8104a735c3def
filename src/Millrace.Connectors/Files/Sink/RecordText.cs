using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Commit records as JSON with a seal, so that one that is cut or changed is never taken for state.</summary>
internal static class RecordText
{
    private const int Version = 1;

    // The oldest program that can read what this one writes: new members that an older one may skip do not raise it.
    private const int ReadableSince = 1;

    // Positions are the deepest part, and a source's own; nothing in a record is recursive.
    private const int MaxDepth = 32;

    // The record is a file of its own, never part of a page.
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    public static byte[] ToBytes(CommitRecord record)
    {
        var json = new JsonObject
        {
            ["version"] = Version,
            ["readable_since"] = ReadableSince,
            ["sequence"] = record.Sequence,
            ["run"] = record.Run,
            ["replaces"] = record.Replaces,
            ["checkpoint"] = record.Checkpoint.ToJson(),
            ["schema"] = new JsonArray([.. record.Schema.Fields.Select(FieldJson)]),
            ["files"] = new JsonArray([.. record.Files.Select(FileJson)]),
        };
        return SealedText.Seal(json.ToJsonString(Layout));
    }

    /// <param name="bytes">What <see cref="ToBytes"/> made.</param>
    /// <param name="sequence">Place in the log that the record's name tells.</param>
    /// <param name="name">What the user calls the record, for messages.</param>
    public static CommitRecord FromBytes(ReadOnlySpan<byte> bytes, long sequence, string name)
    {
        ErrorPlace place = ErrorPlace.InFile(name);
        string text = SealedText.Open(bytes) ?? throw FilesErrors.Damaged(name, "its length or checksum does not fit");
        try
        {
            JsonObject json = JsonNode.Parse(text, null, Limits)!.AsObject();
            int version = (int)json["version"]!;
            if (version < 1 || (int)json["readable_since"]! > Version)
            {
                throw ProgressErrors.UnknownVersion.Error($"The commit record has version {version}; this program reads versions 1 to {Version}.", place);
            }

            if ((long)json["sequence"]! is var found && found != sequence)
            {
                throw FilesErrors.Damaged(name, $"it is record {found} under the name of record {sequence}");
            }

            return new CommitRecord
            {
                Sequence = sequence,
                Run = (string)json["run"]!,
                Replaces = (bool)json["replaces"]!,
                Checkpoint = Checkpoint.FromJson(json["checkpoint"]!.AsObject(), place),
                Schema = new Schema(json["schema"]!.AsArray().Select(f => ReadField(f!, name))),
                Files = [.. json["files"]!.AsArray().Select(f => ReadFile(f!, name))],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentException or OverflowException)
        {
            throw FilesErrors.Damaged(name, "it is not in the layout that this program writes", e);
        }
    }

    private static JsonObject FieldJson(Field field) => new() { ["name"] = field.Name, ["type"] = field.Type.ToString(), ["nullable"] = field.Nullable };

    private static JsonObject FileJson(CommittedFile file) => new() { ["name"] = file.Name, ["staged"] = file.Staged, ["rows"] = file.Rows, ["bytes"] = file.Bytes };

    private static Field ReadField(JsonNode json, string name) => TypeName.TryParse((string)json["type"]!, out DataType? type, out string? error)
        ? new Field((string)json["name"]!, type, (bool)json["nullable"]!)
        : throw FilesErrors.Damaged(name, error);

    private static CommittedFile ReadFile(JsonNode json, string name)
    {
        var file = new CommittedFile((string)json["name"]!, (string)json["staged"]!, (long)json["rows"]!, (long)json["bytes"]!);
        return StoreName.IsSound(file.Name) && StoreName.IsSound(file.Staged) && file.Rows >= 0 && file.Bytes >= 0
            ? file
            : throw FilesErrors.Damaged(name, $"it names a file '{file.Name}'");
    }
}
