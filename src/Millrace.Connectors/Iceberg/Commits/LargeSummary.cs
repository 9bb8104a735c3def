using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Long values of a snapshot's summary in files of their own beside the metadata: every version of the metadata has the summaries of all
/// snapshots, and each commit writes them all. In place of the value the summary has the path of the file.
/// </summary>
internal static class LargeSummary
{
    private const string Suffix = ".file";

    // About what the rest of a snapshot takes.
    private const int MostInline = 2 << 10;

    private const int MaxBytes = 256 << 20;

    /// <summary>Writes the long values to files and gives the summary that names them.</summary>
    /// <param name="files">The table's files.</param>
    /// <param name="summary">The whole summary.</param>
    /// <param name="written">Gets the paths of the files.</param>
    /// <param name="cancellation">Stops the call.</param>
    public static async ValueTask<ImmutableSortedDictionary<string, string>> ShortenAsync(
        TableFiles files, ImmutableSortedDictionary<string, string> summary, List<string> written, CancellationToken cancellation)
    {
        foreach ((string name, string value) in summary)
        {
            if (value.Length <= MostInline)
            {
                continue;
            }

            string path = files.PathOf($"metadata/summary-{Guid.NewGuid()}.json.gz");
            written.Add(path);
            await files.Store.PutAsync(files.NameOf(path), Gzip.Compress(Encoding.UTF8.GetBytes(value), CompressionLevel.Fastest), PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
            summary = summary.Remove(name).SetItem(name + Suffix, path);
        }

        return summary;
    }

    public static bool Has(Snapshot snapshot, string name) => snapshot.Summary.ContainsKey(name) || snapshot.Summary.ContainsKey(name + Suffix);

    /// <summary>A value, wherever it stands; null when the summary has none of that name.</summary>
    public static async ValueTask<string?> ReadAsync(TableFiles files, Snapshot snapshot, string name, CancellationToken cancellation)
    {
        if (snapshot.Summary.TryGetValue(name, out string? value) || !snapshot.Summary.TryGetValue(name + Suffix, out string? path))
        {
            return value;
        }

        byte[] content = await files.ReadAllAsync(files.NameOf(path), MaxBytes, cancellation).ConfigureAwait(false);
        return Encoding.UTF8.GetString(Gzip.Decompress(content, MaxBytes, files.Describe(path), "The part of a summary").Span);
    }

    /// <summary>Paths of the files that a summary names.</summary>
    public static IEnumerable<string> FilesOf(Snapshot snapshot)
        => snapshot.Summary.Where(p => p.Key.StartsWith("millrace.", StringComparison.Ordinal) && p.Key.EndsWith(Suffix, StringComparison.Ordinal)).Select(p => p.Value);
}
