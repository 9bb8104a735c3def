using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>A file of a commit.</summary>
/// <param name="Name">Name in the dataset.</param>
/// <param name="Staged">Name under which it waits for the commit.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record CommittedFile(string Name, string Staged, long Rows, long Bytes);

/// <summary>
/// What one commit did. Once the record stands in the log the commit is decided: whoever comes next moves the files that
/// still wait to their names.
/// </summary>
internal sealed record CommitRecord
{
    private const int Version = 1;

    // The record is a file of its own, never part of a page.
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Place in the job's log, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>The run that committed.</summary>
    public required string Run { get; init; }

    public required Checkpoint Checkpoint { get; init; }

    public required Schema Schema { get; init; }

    /// <summary>Whether the commit takes the place of all that was in the dataset, and has yet to remove it.</summary>
    public bool Replaces { get; init; }

    public required IReadOnlyList<CommittedFile> Files { get; init; }

    public byte[] ToBytes()
    {
        var files = new JsonArray();
        foreach (CommittedFile file in Files)
        {
            files.Add(new JsonObject { ["name"] = file.Name, ["staged"] = file.Staged, ["rows"] = file.Rows, ["bytes"] = file.Bytes });
        }

        var schema = new JsonArray();
        foreach (Field field in Schema.Fields)
        {
            schema.Add(new JsonObject { ["name"] = field.Name, ["type"] = field.Type.ToString(), ["nullable"] = field.Nullable });
        }

        var json = new JsonObject
        {
            ["version"] = Version,
            ["sequence"] = Sequence,
            ["run"] = Run,
            ["replaces"] = Replaces,
            ["checkpoint"] = Checkpoint.ToJson(),
            ["schema"] = schema,
            ["files"] = files,
        };
        return Encoding.UTF8.GetBytes(json.ToJsonString(Layout) + "\n");
    }

    /// <param name="bytes">What <see cref="ToBytes"/> made.</param>
    /// <param name="name">What the user calls the record, for messages.</param>
    public static CommitRecord FromBytes(ReadOnlySpan<byte> bytes, string name)
    {
        ErrorPlace place = ErrorPlace.InFile(name);
        try
        {
            JsonObject json = JsonNode.Parse(bytes)!.AsObject();
            int version = (int)json["version"]!;
            if (version != Version)
            {
                throw ProgressErrors.UnknownVersion.Error($"The commit record has version {version.ToString(CultureInfo.InvariantCulture)}; this program reads version {Version}.", place);
            }

            return new CommitRecord
            {
                Sequence = (long)json["sequence"]!,
                Run = (string)json["run"]!,
                Replaces = (bool)json["replaces"]!,
                Checkpoint = Checkpoint.FromJson(json["checkpoint"]!.AsObject(), place),
                Schema = new Schema(json["schema"]!.AsArray().Select(f => new Field((string)f!["name"]!, TypeName.Parse((string)f["type"]!), (bool)f["nullable"]!))),
                Files = [.. json["files"]!.AsArray().Select(f => new CommittedFile((string)f!["name"]!, (string)f["staged"]!, (long)f["rows"]!, (long)f["bytes"]!))],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentNullException)
        {
            throw FilesErrors.DamagedRecord.Error("The commit record is not in the layout that this program writes.", place, inner: e);
        }
    }
}
