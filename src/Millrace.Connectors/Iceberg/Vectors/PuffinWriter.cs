using System.Text.Json;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>Writes the deletion vectors of a commit into one Puffin file: blobs one after the other, and a footer that tells of them (Puffin specification).</summary>
internal static class PuffinWriter
{
    private const string BlobType = "deletion-vector-v1";

    // The column of row numbers, which vectors are about.
    private const int PositionId = 2147483645;

    // Compressed footers would be flagged.
    private const int Flags = 0;

    private static readonly byte[] Magic = [.. "PFA1"u8];

    /// <summary>Writes the vectors and tells of each as its entry in a manifest will. A data file has at most one vector, which holds all its deleted rows.</summary>
    /// <param name="files">The table's files.</param>
    /// <param name="path">Path of the new file.</param>
    /// <param name="vectors">Data files, each once, with all their deleted rows.</param>
    /// <param name="cancellation">Stops the call.</param>
    public static async ValueTask<List<DataFile>> WriteAsync(
        TableFiles files, string path, IReadOnlyCollection<DeadRows> vectors, CancellationToken cancellation)
    {
        var places = new List<(DataFile File, long Rows, long Offset, int Length)>(vectors.Count);
        IStagedObject target = await files.StageAsync(path, cancellation).ConfigureAwait(false);
        await using (target.ConfigureAwait(false))
        {
            await target.WriteAsync(Magic, cancellation).ConfigureAwait(false);
            foreach (DeadRows dead in vectors)
            {
                byte[] blob = DeletionVector.Write(dead.Rows.ToArray());
                places.Add((dead.File, dead.Rows.Count, target.Position, blob.Length));
                await target.WriteAsync(blob, cancellation).ConfigureAwait(false);
            }

            byte[] footer = JsonDocuments.WriteBytes(json => WriteFooter(json, places));
            await target.WriteAsync((byte[])[.. Magic, .. footer, .. BitConverter.GetBytes(footer.Length), .. BitConverter.GetBytes(Flags), .. Magic], cancellation).ConfigureAwait(false);
            ObjectInfo written = await target.PublishAsync(PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
            return EntriesOf(path, written.Size, places);
        }
    }

    private static List<DataFile> EntriesOf(string path, long size, List<(DataFile File, long Rows, long Offset, int Length)> places)
        => [.. places.Select(p => new DataFile
        {
            Content = FileContent.PositionDeletes,
            Path = path,
            Format = DataFile.Puffin,
            Partition = p.File.Partition,
            SpecId = p.File.SpecId,
            Rows = p.Rows,
            Bytes = size,
            ReferencedFile = p.File.Path,
            ContentOffset = p.Offset,
            ContentSize = p.Length,
        })];

    private static void WriteFooter(Utf8JsonWriter json, List<(DataFile File, long Rows, long Offset, int Length)> places)
    {
        json.WriteStartObject();
        json.WriteStartArray("blobs");
        foreach ((DataFile file, long rows, long offset, int length) in places)
        {
            json.WriteStartObject();
            json.WriteString("type", BlobType);
            json.WriteStartArray("fields");
            json.WriteNumberValue(PositionId);
            json.WriteEndArray();

            // Both are of the commit, which is not decided yet.
            json.WriteNumber("snapshot-id", -1);
            json.WriteNumber("sequence-number", -1);
            json.WriteNumber("offset", offset);
            json.WriteNumber("length", length);
            json.WriteStartObject("properties");
            json.WriteString("referenced-data-file", file.Path);
            json.WriteString("cardinality", rows.ToString(System.Globalization.CultureInfo.InvariantCulture));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("properties");
        json.WriteString("created-by", "Millrace");
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
