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
        var splits = new JsonObject();
        foreach ((string key, SplitProgress progress) in Splits.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            splits[key] = new JsonObject
            {
                ["position"] = progress.Position?.Value.DeepClone(),
                ["done"] = progress.Done,
            };
        }

        var json = new JsonObject
        {
            ["version"] = CurrentVersion,
            ["readable_since"] = ReadableSince,
            ["job"] = Job,
            ["epoch"] = Epoch,
            ["created_at"] = CreatedAt.ToUniversalTime().ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            ["fencing_token"] = FencingToken,
            ["read_complete"] = ReadComplete,
            ["splits"] = splits,
        };
        if (Watermark is { } watermark)
        {
            json["watermark"] = watermark.ToUniversalTime().ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Notes.Count > 0)
        {
            json["notes"] = new JsonObject(Notes.OrderBy(n => n.Key, StringComparer.Ordinal).Select(n => KeyValuePair.Create(n.Key, (JsonNode?)n.Value)));
        }

        return json;
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The checkpoint.</param>
    /// <param name="place">Where it stands, for messages.</param>
    public static Checkpoint FromJson(JsonObject json, ErrorPlace place)
    {
        try
        {
            int version = (int?)json["version"] ?? 0;
            if (version < 1 || ((int?)json["readable_since"] ?? version) > CurrentVersion)
            {
                throw ProgressErrors.UnknownVersion.Error($"The checkpoint has version {version}; this program reads versions 1 to {CurrentVersion}.", place);
            }

            var splits = new Dictionary<string, SplitProgress>(StringComparer.Ordinal);
            foreach ((string key, JsonNode? node) in json["splits"]!.AsObject())
            {
                var position = node!["position"] as JsonObject;
                splits[key] = new SplitProgress(position is null ? null : new Position((JsonObject)position.DeepClone()), (bool)node["done"]!);
            }

            var notes = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach ((string key, JsonNode? note) in json["notes"]?.AsObject() ?? [])
            {
                notes[key] = (string)note!;
            }

            return new Checkpoint
            {
                Job = (string)json["job"]!,
                Epoch = (long)json["epoch"]!,
                CreatedAt = ParseTime(json["created_at"]!),
                FencingToken = (long?)json["fencing_token"] ?? 0,
                Splits = splits,
                ReadComplete = (bool?)json["read_complete"] ?? true,
                Watermark = json["watermark"] is { } watermark ? ParseTime(watermark) : null,
                Notes = notes,
            };
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
        {
            throw ProgressErrors.Corrupt.Error("The checkpoint is not in the layout that this program writes.", place, inner: e);
        }
    }

    private static DateTimeOffset ParseTime(JsonNode node)
        => DateTimeOffset.Parse((string)node!, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Progress of one split key.</summary>
/// <param name="Position">How far it was read; null for nothing.</param>
/// <param name="Done">Whether it is finished.</param>
public sealed record SplitProgress(Position? Position, bool Done);
