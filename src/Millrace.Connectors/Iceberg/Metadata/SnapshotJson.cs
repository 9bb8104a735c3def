using System.Collections.Immutable;
using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>Snapshots and their names as JSON (specification, appendix C).</summary>
internal static class SnapshotJson
{
    private const string Operation = "operation";

    public static Snapshot Read(MetadataNode node)
    {
        string? list = node.Optional("manifest-list")?.Text();
        return new Snapshot
        {
            Id = node.Require("snapshot-id").Long(),
            ParentId = node.Optional("parent-snapshot-id")?.Long(),
            SequenceNumber = node.Optional("sequence-number")?.Long() ?? 0,
            TimestampMs = node.Require("timestamp-ms").Long(),
            ManifestList = list,
            Manifests = list is null ? [.. node.Require("manifests").Items().Select(m => m.Text())] : [],
            Summary = node.Optional("summary")?.Texts() ?? ImmutableSortedDictionary<string, string>.Empty,
            SchemaId = node.Optional("schema-id")?.Int(),
            FirstRowId = node.Optional("first-row-id")?.Long(),
            AddedRows = node.Optional("added-rows")?.Long(),
        };
    }

    public static void Write(Utf8JsonWriter json, Snapshot snapshot, int formatVersion)
    {
        json.WriteStartObject();
        json.WriteNumber("snapshot-id", snapshot.Id);
        Number(json, "parent-snapshot-id", snapshot.ParentId);
        if (formatVersion > 1)
        {
            json.WriteNumber("sequence-number", snapshot.SequenceNumber);
        }

        json.WriteNumber("timestamp-ms", snapshot.TimestampMs);
        json.WriteStartObject("summary");

        // Readers that stream look for the operation first.
        json.WriteString(Operation, snapshot.Operation.Length == 0 ? "overwrite" : snapshot.Operation);
        foreach ((string name, string value) in snapshot.Summary)
        {
            if (name != Operation)
            {
                json.WriteString(name, value);
            }
        }

        json.WriteEndObject();
        if (snapshot.ManifestList is { } list)
        {
            json.WriteString("manifest-list", list);
        }
        else
        {
            json.WriteStartArray("manifests");
            foreach (string manifest in snapshot.Manifests)
            {
                json.WriteStringValue(manifest);
            }

            json.WriteEndArray();
        }

        Number(json, "schema-id", snapshot.SchemaId);
        Number(json, "first-row-id", snapshot.FirstRowId);
        Number(json, "added-rows", snapshot.AddedRows);
        json.WriteEndObject();
    }

    public static SnapshotRef ReadRef(MetadataNode node) => new(node.Require("snapshot-id").Long(), node.Require("type").Text() switch
    {
        "branch" => true,
        "tag" => false,
        var other => throw node.Fault($"is of type '{other}', expected branch or tag"),
    })
    {
        MinSnapshotsToKeep = node.Optional("min-snapshots-to-keep")?.Int(),
        MaxSnapshotAgeMs = node.Optional("max-snapshot-age-ms")?.Long(),
        MaxRefAgeMs = node.Optional("max-ref-age-ms")?.Long(),
    };

    public static void WriteRef(Utf8JsonWriter json, SnapshotRef reference)
    {
        json.WriteStartObject();
        WriteRefMembers(json, reference);
        json.WriteEndObject();
    }

    public static void WriteRefMembers(Utf8JsonWriter json, SnapshotRef reference)
    {
        json.WriteNumber("snapshot-id", reference.SnapshotId);
        json.WriteString("type", reference.IsBranch ? "branch" : "tag");
        Number(json, "min-snapshots-to-keep", reference.MinSnapshotsToKeep);
        Number(json, "max-snapshot-age-ms", reference.MaxSnapshotAgeMs);
        Number(json, "max-ref-age-ms", reference.MaxRefAgeMs);
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
