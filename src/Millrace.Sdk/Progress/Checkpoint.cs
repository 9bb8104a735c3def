using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.Sdk;

/// <summary>
/// All that a job needs to go on after a crash, as of one epoch. A sink commits it together with the epoch's rows.
/// </summary>
public sealed record Checkpoint
{
    /// <summary>The newest layout this program writes; it reads this one and older ones.</summary>
    public const int CurrentVersion = 1;

    // The oldest program that can read what this one writes: new members that an older one may skip do not raise it.
    private const int ReadableSince = 1;

    // A member that stands twice would be read as either.
    private static readonly JsonDocumentOptions Limits = new() { AllowDuplicateProperties = false };

    public required string Job { get; init; }

    /// <summary>Number of the epoch, from 1, one more at every commit.</summary>
    public required long Epoch { get; init; }

    /// <summary>When it was made, by the clock of the run.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The run that made it; a later run has a greater token, and a sink refuses commits with a smaller one.</summary>
    public long FencingToken { get; init; }

    /// <summary>Progress by split key.</summary>
    public IReadOnlyDictionary<string, SplitProgress> Splits { get; init; } = new Dictionary<string, SplitProgress>();

    /// <summary>Event time up to which the input is complete.</summary>
    public DateTimeOffset? Watermark { get; init; }

    /// <summary>
    /// Whether the read that the epoch belongs to has come to its end. A full read that has not is taken up again where it
    /// stands; one that has begins anew.
    /// </summary>
    public bool ReadComplete { get; init; } = true;

    /// <summary>
    /// Small facts about the epoch that its run leaves for later ones; not for sources and sinks. See <see cref="CheckpointNotes"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();

    /// <summary>The checkpoint as JSON with stable member order.</summary>
    public JsonObject ToJson()
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            WriteTo(json);
        }

        return JsonNode.Parse(text.WrittenSpan)!.AsObject();
    }

    /// <summary>Writes the same as <see cref="ToJson"/>, each split without line breaks.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("version", CurrentVersion);
        json.WriteNumber("readable_since", ReadableSince);
        json.WriteString("job", Job);
        json.WriteNumber("epoch", Epoch);
        json.WriteString("created_at", TimeText(CreatedAt));
        json.WriteNumber("fencing_token", FencingToken);
        json.WriteBoolean("read_complete", ReadComplete);
        json.WriteStartObject("splits");
        var split = new ArrayBufferWriter<byte>();
        foreach ((string key, SplitProgress progress) in Splits.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            split.ResetWrittenCount();
            split.Write("{\"position\":"u8);
            split.Write(progress.Position is { } position ? position.Utf8 : "null"u8);
            split.Write(progress.Done ? ",\"done\":true}"u8 : ",\"done\":false}"u8);
            json.WritePropertyName(key);
            json.WriteRawValue(split.WrittenSpan, skipInputValidation: true);
        }

        json.WriteEndObject();
        if (Watermark is { } watermark)
        {
            json.WriteString("watermark", TimeText(watermark));
        }

        if (Notes.Count > 0)
        {
            json.WriteStartObject("notes");
            foreach ((string key, string note) in Notes.OrderBy(n => n.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, note);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The checkpoint.</param>
    /// <param name="place">Where it stands, for messages.</param>
    public static Checkpoint FromJson(JsonObject json, ErrorPlace place)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json.ToJsonString(), Limits);
            return FromJson(document.RootElement, place);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw Misfit(place, e);
        }
    }

    /// <inheritdoc cref="FromJson(JsonObject, ErrorPlace)"/>
    public static Checkpoint FromJson(JsonElement json, ErrorPlace place)
    {
        try
        {
            int version = Find(json, "version")?.GetInt32() ?? 0;
            if (version < 1 || (Find(json, "readable_since")?.GetInt32() ?? version) > CurrentVersion)
            {
                throw ProgressErrors.UnknownVersion.Error($"The checkpoint has version {version}; this program reads versions 1 to {CurrentVersion}.", place);
            }

            var splits = new Dictionary<string, SplitProgress>(StringComparer.Ordinal);
            foreach (JsonProperty split in json.GetProperty("splits").EnumerateObject())
            {
                Position? position = Find(split.Value, "position") is { ValueKind: JsonValueKind.Object } value ? new Position(value) : null;
                splits[split.Name] = new SplitProgress(position, split.Value.GetProperty("done").GetBoolean());
            }

            var notes = new Dictionary<string, string>(StringComparer.Ordinal);
            if (Find(json, "notes") is { } written)
            {
                foreach (JsonProperty note in written.EnumerateObject())
                {
                    notes[note.Name] = Text(note.Value);
                }
            }

            return new Checkpoint
            {
                Job = Text(json.GetProperty("job")),
                Epoch = json.GetProperty("epoch").GetInt64(),
                CreatedAt = ParseTime(json.GetProperty("created_at")),
                FencingToken = Find(json, "fencing_token")?.GetInt64() ?? 0,
                Splits = splits,
                ReadComplete = Find(json, "read_complete")?.GetBoolean() ?? true,
                Watermark = Find(json, "watermark") is { } watermark ? ParseTime(watermark) : null,
                Notes = notes,
            };
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw Misfit(place, e);
        }
    }

    // A member that is null counts as absent.
    private static JsonElement? Find(JsonElement json, string name)
        => json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Text(JsonElement json) => json.GetString() ?? throw new FormatException("a text is expected");

    private static string TimeText(DateTimeOffset time) => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset ParseTime(JsonElement json) => DateTimeOffset.Parse(Text(json), CultureInfo.InvariantCulture);

    private static MillraceException Misfit(ErrorPlace place, Exception cause)
        => ProgressErrors.Corrupt.Error("The checkpoint is not in the layout that this program writes.", place, inner: cause);
}

/// <summary>Progress of one split key.</summary>
/// <param name="Position">How far it was read; null for nothing.</param>
/// <param name="Done">Whether it is finished.</param>
public sealed record SplitProgress(Position? Position, bool Done);
