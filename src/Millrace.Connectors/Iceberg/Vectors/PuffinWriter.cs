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

    private static ReadOnlySpan<byte> Magic => "PFA1"u8;

    /// <summary>Writes the vectors and tells of each as its entry in a manifest will. A data file has at most one vector, which holds all its deleted rows.</summary>
    /// <param name="files">The table's files.</param>
    /// <param name="path">Path of the new file.</param>
    /// <param name="vectors">Data files with the numbers of their deleted rows, ascending and each once.</param>
    /// <param name="cancellation">Stops the call.</param>
    public static async ValueTask<List<DataFile>> WriteAsync(
        TableFiles files, string path, IReadOnlyList<(DataFile File, long[] Rows)> vectors, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        content.Write(Magic);
        var places = new List<(DataFile File, int Rows, long Offset, int Length)>(vectors.Count);
        foreach ((DataFile file, long[] rows) in vectors)
        {
            byte[] blob = DeletionVector.Write(rows);
            places.Add((file, rows.Length, content.Position, blob.Length));
            content.Write(blob);
        }

        byte[] footer = JsonDocuments.WriteBytes(json => WriteFooter(json, places));
        content.Write(Magic);
        content.Write(footer);
        content.Write(BitConverter.GetBytes(footer.Length));
        content.Write(BitConverter.GetBytes(Flags));
        content.Write(Magic);
        await files.Store.PutAsync(files.NameOf(path), content.ToArray(), PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
        return [.. places.Select(p => new DataFile
        {
            Content = FileContent.PositionDeletes,
            Path = path,
            Format = DataFile.Puffin,
            Partition = p.File.Partition,
            SpecId = p.File.SpecId,
            Rows = p.Rows,
            Bytes = content.Length,
            ReferencedFile = p.File.Path,
            ContentOffset = p.Offset,
            ContentSize = p.Length,
        })];
    }

    private static void WriteFooter(Utf8JsonWriter json, List<(DataFile File, int Rows, long Offset, int Length)> places)
    {
        json.WriteStartObject();
        json.WriteStartArray("blobs");
        foreach ((DataFile file, int rows, long offset, int length) in places)
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
