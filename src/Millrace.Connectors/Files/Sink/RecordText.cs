using System.Buffers;
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
    private const int InitialBytes = 16 << 10;

    // The oldest program that can read what this one writes: new members that an older one may skip do not raise it.
    private const int ReadableSince = 1;

    // Positions are the deepest part, and a source's own; nothing in a record is recursive.
    private const int MaxDepth = 32;

    // The record is a file of its own, never part of a page.
    private static readonly JsonWriterOptions Layout = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Which record one builds on: itself when it has to hold everything.</summary>
    public static long WholeFor(long sequence, CommitRecord? before, Checkpoint? checkpoint)
        => before?.Checkpoint is null || checkpoint is null || before.Sequence != sequence - 1 || sequence - before.Whole > MaxChanges ? sequence : before.Whole;

    /// <param name="record">A record.</param>
    /// <param name="before">The one before, unless the record holds everything.</param>
    public static byte[] ToBytes(CommitRecord record, CommitRecord? before = null)
    {
        return Write(json =>
        {
            json.WriteNumber("sequence", record.Sequence);
            json.WriteNumber("whole", record.Whole);
            json.WriteString("kind", OptionInfo.SnakeCase(record.Kind.ToString()));
            json.WriteString("run", record.Run);
            json.WriteStartObject("begins");
            json.WriteNumber("sequence", record.Begins.Sequence);
            json.WriteNumber("epoch", record.Begins.Epoch);
            json.WriteEndObject();
            WriteTakenBack(json, record);
            WriteProgress(json, record, before);
            if (record.Schema is { } schema && (record.Whole == record.Sequence || !schema.Equals(before!.Schema)))
            {
                json.WriteStartArray("schema");
                foreach (Field field in schema.Fields)
                {
                    WriteField(json, field);
                }

                json.WriteEndArray();
            }

            json.WriteStartArray("files");
            foreach (CommittedFile file in record.Files)
            {
                WriteFile(json, file);
            }

            json.WriteEndArray();
        });
    }

    /// <param name="bytes">What <see cref="ToBytes"/> made.</param>
    /// <param name="sequence">Place in the log that the record's name tells.</param>
    /// <param name="name">What the user calls the record, for messages.</param>
    /// <param name="before">The record before it; null to leave the progress as it is stored, which may be changes only.</param>
    public static CommitRecord FromBytes(ReadOnlyMemory<byte> bytes, long sequence, string name, CommitRecord? before = null)
    {
        ErrorPlace place = ErrorPlace.InFile(name);
        try
        {
            using JsonDocument document = Parse(bytes, name);
            JsonObject json = JsonObject.Create(document.RootElement)!;
            if ((long)json["sequence"]! is var found && found != sequence)
            {
                throw FilesErrors.Damaged(name, $"it is record {found} under the name of record {sequence}");
            }

            long whole = (long)json["whole"]!;
            if (whole < 1 || whole > sequence || sequence - whole > MaxChanges)
            {
                throw FilesErrors.Damaged(name, $"it builds on record {whole}");
            }

            Checkpoint? checkpoint = document.RootElement.TryGetProperty("checkpoint", out JsonElement progress) && progress.ValueKind != JsonValueKind.Null
                ? Checkpoint.FromJson(progress, place)
                : null;
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
        return Write(json => WriteTexts(json, "files", files));
    }

    /// <summary>Reads what <see cref="ListToBytes"/> wrote.</summary>
    public static IReadOnlyList<string> ListFromBytes(ReadOnlyMemory<byte> bytes, string name)
    {
        try
        {
            using JsonDocument document = Parse(bytes, name);
            return [.. document.RootElement.GetProperty("files").EnumerateArray().Select(f => Sound(f.GetString()!, name))];
        }
        catch (Exception e) when (IsMisfit(e))
        {
            throw FilesErrors.Damaged(name, "it is not in the layout that this program writes", e);
        }
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var text = new ArrayBufferWriter<byte>(InitialBytes);
        using (var json = new Utf8JsonWriter(text, Layout))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteNumber("readable_since", ReadableSince);
            write(json);
            json.WriteEndObject();
        }

        return SealedText.Seal(text.WrittenSpan);
    }

    private static void WriteTakenBack(Utf8JsonWriter json, CommitRecord record)
    {
        if (record.Replaces is { } replaces)
        {
            json.WriteStartObject("replaces");
            foreach ((string job, long through) in replaces.OrderBy(r => r.Key, StringComparer.Ordinal))
            {
                json.WriteNumber(job, through);
            }

            json.WriteEndObject();
        }

        if (record.Kind == RecordKind.Rewind)
        {
            json.WriteNumber("keep_through", record.KeepThrough);
            WriteTexts(json, "removes", record.Removes);
        }
    }

    private static void WriteProgress(Utf8JsonWriter json, CommitRecord record, CommitRecord? before)
    {
        json.WritePropertyName("checkpoint");
        if (record.Checkpoint is not { } checkpoint)
        {
            json.WriteNullValue();
        }
        else if (record.Whole == record.Sequence)
        {
            checkpoint.WriteTo(json);
        }
        else
        {
            CheckpointChanges.Changed(before!.Checkpoint!, checkpoint).WriteTo(json);
            WriteTexts(json, "splits_gone", CheckpointChanges.Gone(before.Checkpoint!, checkpoint));
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> bytes, string name)
    {
        if (!SealedText.TryOpen(bytes.Span, out int length))
        {
            throw FilesErrors.Damaged(name, "its length or checksum does not fit");
        }

        JsonDocument document = JsonDocument.Parse(bytes[..length], Limits);
        try
        {
            int version = document.RootElement.GetProperty("version").GetInt32();
            return version >= 1 && document.RootElement.GetProperty("readable_since").GetInt32() <= Version
                ? document
                : throw ProgressErrors.UnknownVersion.Error($"The commit record has version {version}; this program reads versions 1 to {Version}.", ErrorPlace.InFile(name));
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    private static bool IsMisfit(Exception e)
        => e is JsonException or InvalidOperationException or KeyNotFoundException or NullReferenceException or FormatException or ArgumentException or OverflowException;

    private static void WriteField(Utf8JsonWriter json, Field field)
    {
        json.WriteStartObject();
        json.WriteString("name", field.Name);
        json.WriteString("type", field.Type.ToString());
        json.WriteBoolean("nullable", field.Nullable);
        json.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter json, CommittedFile file)
    {
        json.WriteStartObject();
        json.WriteString("name", file.Name);
        json.WriteString("staged", file.Staged);
        json.WriteNumber("rows", file.Rows);
        json.WriteNumber("bytes", file.Bytes);
        json.WriteEndObject();
    }

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
