using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// Commit records as JSON with a seal, so that one that is cut or changed is never taken for state. A record repeats
/// neither schema nor progress of the one before, except every <see cref="MaxChanges"/> records.
/// </summary>
internal static class RecordText
{
    /// <summary>Records in a row that hold changes only; so many have to be read to know where a job stands.</summary>
    public const int MaxChanges = 32;

    private const int Version = 1;

    // The oldest program that can read what this one writes: new members that an older one may skip do not raise it.
    private const int ReadableSince = 1;

    // Positions are the deepest part, and a source's own; nothing in a record is recursive.
    private const int MaxDepth = 32;

    // The record is a file of its own, never part of a page.
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Which record one builds on: itself when it has to hold everything.</summary>
    public static long WholeFor(long sequence, CommitRecord? before, Checkpoint? checkpoint)
        => before?.Checkpoint is null || checkpoint is null || before.Sequence != sequence - 1 || sequence - before.Whole > MaxChanges ? sequence : before.Whole;

    /// <param name="record">A record.</param>
    /// <param name="before">The one before, unless the record holds everything.</param>
    public static byte[] ToBytes(CommitRecord record, CommitRecord? before = null)
    {
        var json = new JsonObject
        {
            ["version"] = Version,
            ["readable_since"] = ReadableSince,
            ["sequence"] = record.Sequence,
            ["whole"] = record.Whole,
            ["kind"] = OptionInfo.SnakeCase(record.Kind.ToString()),
            ["run"] = record.Run,
            ["begins"] = new JsonObject { ["sequence"] = record.Begins.Sequence, ["epoch"] = record.Begins.Epoch },
        };
        if (record.Replaces is { } replaces)
        {
            json["replaces"] = new JsonObject(replaces.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => KeyValuePair.Create(r.Key, (JsonNode?)r.Value)));
        }

        if (record.Kind == RecordKind.Rewind)
        {
            json["keep_through"] = record.KeepThrough;
            json["removes"] = new JsonArray([.. record.Removes.Select(n => JsonValue.Create(n))]);
        }

        if (record.Whole == record.Sequence)
        {
            json["checkpoint"] = record.Checkpoint?.ToJson();
        }
        else
        {
            json["checkpoint"] = CheckpointChanges.Changed(before!.Checkpoint!, record.Checkpoint!).ToJson();
            json["splits_gone"] = new JsonArray([.. CheckpointChanges.Gone(before.Checkpoint!, record.Checkpoint!).Select(k => JsonValue.Create(k))]);
        }

        if (record.Schema is { } schema && (record.Whole == record.Sequence || !schema.Equals(before!.Schema)))
        {
            json["schema"] = new JsonArray([.. schema.Fields.Select(FieldJson)]);
        }

        json["files"] = new JsonArray([.. record.Files.Select(FileJson)]);
        return SealedText.Seal(json.ToJsonString(Layout));
    }

    /// <param name="bytes">What <see cref="ToBytes"/> made.</param>
    /// <param name="sequence">Place in the log that the record's name tells.</param>
    /// <param name="name">What the user calls the record, for messages.</param>
    /// <param name="before">The record before it; null to leave the progress as it is stored, which may be changes only.</param>
    public static CommitRecord FromBytes(ReadOnlySpan<byte> bytes, long sequence, string name, CommitRecord? before = null)
    {
        ErrorPlace place = ErrorPlace.InFile(name);
        try
        {
            JsonObject json = Parse(bytes, name);
            if ((long)json["sequence"]! is var found && found != sequence)
            {
                throw FilesErrors.Damaged(name, $"it is record {found} under the name of record {sequence}");
            }

            long whole = (long)json["whole"]!;
            if (whole < 1 || whole > sequence || sequence - whole > MaxChanges)
            {
                throw FilesErrors.Damaged(name, $"it builds on record {whole}");
            }

            Checkpoint? checkpoint = json["checkpoint"] is { } node ? Checkpoint.FromJson(node.AsObject(), place) : null;
            Schema? schema = json["schema"] is { } fields ? new Schema(fields.AsArray().Select(f => ReadField(f!, name))) : null;
            if (whole != sequence && before is not null)
            {
                checkpoint = CheckpointChanges.Apply(before.Checkpoint!, checkpoint!, json["splits_gone"]!.AsArray().Select(k => (string)k!));
                schema ??= before.Schema;
            }

            return new CommitRecord
            {
                Sequence = sequence,
                Whole = whole,
                Kind = ReadKind((string)json["kind"]!, name),
                Run = (string)json["run"]!,
                Begins = ReadStart(json["begins"]!.AsObject(), sequence, name),
                Replaces = json["replaces"]?.AsObject().ToDictionary(r => Sound(r.Key.TrimEnd('/'), name) + "/", r => (long)r.Value!, StringComparer.Ordinal),
                KeepThrough = (long?)json["keep_through"] ?? long.MaxValue,
                Removes = [.. (json["removes"]?.AsArray() ?? []).Select(n => Sound((string)n!, name))],
                Checkpoint = checkpoint,
                Schema = schema,
                Files = [.. json["files"]!.AsArray().Select(f => ReadFile(f!, name))],
            };
        }
        catch (Exception e) when (IsMisfit(e))
        {
            throw FilesErrors.Damaged(name, "it is not in the layout that this program writes", e);
        }
    }

    /// <summary>A list of files that folded records left behind.</summary>
    public static byte[] ListToBytes(IEnumerable<string> files)
    {
        var json = new JsonObject
        {
            ["version"] = Version,
            ["readable_since"] = ReadableSince,
            ["files"] = new JsonArray([.. files.Select(f => JsonValue.Create(f))]),
        };
        return SealedText.Seal(json.ToJsonString(Layout));
    }

    /// <summary>Reads what <see cref="ListToBytes"/> wrote.</summary>
    public static IReadOnlyList<string> ListFromBytes(ReadOnlySpan<byte> bytes, string name)
    {
        try
        {
            return [.. Parse(bytes, name)["files"]!.AsArray().Select(f => Sound((string)f!, name))];
        }
        catch (Exception e) when (IsMisfit(e))
        {
            throw FilesErrors.Damaged(name, "it is not in the layout that this program writes", e);
        }
    }

    private static JsonObject Parse(ReadOnlySpan<byte> bytes, string name)
    {
        string text = SealedText.Open(bytes) ?? throw FilesErrors.Damaged(name, "its length or checksum does not fit");
        JsonObject json = JsonNode.Parse(text, null, Limits)!.AsObject();
        int version = (int)json["version"]!;
        return version >= 1 && (int)json["readable_since"]! <= Version
            ? json
            : throw ProgressErrors.UnknownVersion.Error($"The commit record has version {version}; this program reads versions 1 to {Version}.", ErrorPlace.InFile(name));
    }

    private static bool IsMisfit(Exception e)
        => e is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentException or OverflowException;

    private static JsonObject FieldJson(Field field) => new() { ["name"] = field.Name, ["type"] = field.Type.ToString(), ["nullable"] = field.Nullable };

    private static JsonObject FileJson(CommittedFile file) => new() { ["name"] = file.Name, ["staged"] = file.Staged, ["rows"] = file.Rows, ["bytes"] = file.Bytes };

    private static RecordKind ReadKind(string text, string name)
    {
        foreach (RecordKind kind in Enum.GetValues<RecordKind>())
        {
            if (OptionInfo.SnakeCase(kind.ToString()) == text)
            {
                return kind;
            }
        }

        throw FilesErrors.Damaged(name, $"it is of a kind '{text}'");
    }

    private static LogStart ReadStart(JsonObject json, long sequence, string name)
    {
        var start = new LogStart((long)json["sequence"]!, (long)json["epoch"]!);
        return start.Sequence >= 1 && start.Sequence <= sequence ? start : throw FilesErrors.Damaged(name, $"its log begins with record {start.Sequence}");
    }

    private static Field ReadField(JsonNode json, string name) => TypeName.TryParse((string)json["type"]!, out DataType? type, out string? error)
        ? new Field((string)json["name"]!, type, (bool)json["nullable"]!)
        : throw FilesErrors.Damaged(name, error);

    private static CommittedFile ReadFile(JsonNode json, string name)
    {
        var file = new CommittedFile(Sound((string)json["name"]!, name), Sound((string)json["staged"]!, name), (long)json["rows"]!, (long)json["bytes"]!);
        return file.Rows >= 0 && file.Bytes >= 0 ? file : throw FilesErrors.Damaged(name, $"its file '{file.Name}' has {file.Rows} rows and {file.Bytes} bytes");
    }

    private static string Sound(string file, string name) => StoreName.IsSound(file) ? file : throw FilesErrors.Damaged(name, $"it names a file '{file}'");
}
