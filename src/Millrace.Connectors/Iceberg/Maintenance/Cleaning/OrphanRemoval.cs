using System.Text.RegularExpressions;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>Which files of a table's folder count as left behind.</summary>
public sealed record OrphanOptions
{
    /// <summary>Files that are no older stay: a commit that is running has not named its files yet.</summary>
    public TimeSpan OlderThan { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Whether an age of less than a day is meant.</summary>
    public bool Force { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>What was removed, or would be.</summary>
/// <param name="Removed">The files by their kind.</param>
/// <param name="Names">The files as the user calls them.</param>
/// <param name="Young">Files that nothing names either and that are not old enough.</param>
/// <param name="Looked">Files that were looked at.</param>
public sealed record OrphanReport(RemovedFiles Removed, IReadOnlyList<string> Names, long Young, long Looked);

/// <summary>
/// Removes files below a table's <c>data</c> and <c>metadata</c> that nothing names: of runs that died, of commits that were given up, of
/// removals that were cut short. First the folder is listed, then the metadata is read, so that what is committed in between is named.
/// </summary>
internal static partial class OrphanRemoval
{
    private static readonly TimeSpan Safe = TimeSpan.FromDays(1);

    public static async ValueTask<OrphanReport> RunAsync(IcebergTable table, string path, OrphanOptions options, TimeProvider time, CancellationToken cancellation)
    {
        TableWrites.RequireRemoval(table, path);
        if (options.OlderThan < Safe && !options.Force)
        {
            throw MaintenanceErrors.TooYoung.Error($"Files of '{path}' that are younger than a day would be removed.", ErrorPlace.InFile(path));
        }

        DateTimeOffset limit = time.GetUtcNow() - options.OlderThan;
        var listed = new List<ObjectInfo>();
        foreach (string folder in new[] { "data/", "metadata/" })
        {
            await foreach (ObjectInfo info in table.Files.Store.ListAsync(table.Files.Inside(folder), null, cancellation).ConfigureAwait(false))
            {
                if (!info.IsLink && !info.Name.EndsWith("/version-hint.text", StringComparison.Ordinal))
                {
                    listed.Add(info);
                }
            }
        }

        await table.RefreshAsync(cancellation).ConfigureAwait(false);
        NamedFiles named = await NamedByAsync(table, cancellation).ConfigureAwait(false);
        Dictionary<string, DateTimeOffset> ages = AgesOf(listed);
        List<ObjectInfo> unnamed = [.. listed.Where(i => !named.Contains(i.Name) && !IsNewer(i.Name, table))];
        List<ObjectInfo> orphans = [.. unnamed.Where(i => ages[SetOf(i.Name)] < limit).OrderBy(i => VersionOf(i.Name)).ThenBy(i => i.Name, StringComparer.Ordinal)];
        if (!options.DryRun)
        {
            await table.Files.Store.DeleteAllAsync(orphans.Where(i => VersionOf(i.Name) is null).Select(i => i.Name), cancellation).ConfigureAwait(false);

            // In the order of their numbers, whatever happens: readers and writers rely on versions without holes.
            foreach (ObjectInfo version in orphans.Where(i => VersionOf(i.Name) is not null))
            {
                await table.Files.Store.DeleteAsync(version.Name, cancellation).ConfigureAwait(false);
            }
        }

        return new OrphanReport(Sum(orphans, table.Files), [.. orphans.Select(i => table.Files.Store.Describe(i.Name))], unnamed.Count - orphans.Count, listed.Count);
    }

    private static async ValueTask<NamedFiles> NamedByAsync(IcebergTable table, CancellationToken cancellation)
    {
        var named = new NamedFiles(table.Files);
        named.Add(table.MetadataFile);
        foreach (MetadataLogEntry entry in table.Metadata.MetadataLog)
        {
            named.Add(entry.File);
        }

        await named.AddSnapshotsAsync(table.Metadata, table.Metadata.Snapshots, cancellation).ConfigureAwait(false);
        await named.AddContentsAsync(table.Metadata, cancellation).ConfigureAwait(false);
        return named;
    }

    // The files of one writer are as old as the last of them: a run may take longer than the limit, and still write.
    private static Dictionary<string, DateTimeOffset> AgesOf(List<ObjectInfo> files)
        => files.GroupBy(i => SetOf(i.Name), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Max(i => i.Modified), StringComparer.Ordinal);

    private static string SetOf(string name) => Numbered().Match(name[(name.LastIndexOf('/') + 1)..]) is { Success: true } match ? match.Groups[1].Value : name;

    // A version that came after the metadata was read, and belongs to nobody's log yet.
    private static bool IsNewer(string name, IcebergTable table)
        => VersionOf(name) is { } version && VersionOf(table.Files.NameOf(table.MetadataFile)) is { } current && version > current;

    private static int? VersionOf(string name)
        => Version().Match(name) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture, out int version) ? version : null;

    private static RemovedFiles Sum(List<ObjectInfo> files, TableFiles table)
    {
        string data = table.Inside("data/");
        return new RemovedFiles
        {
            DataFiles = files.LongCount(i => i.Name.StartsWith(data, StringComparison.Ordinal)),
            Lists = files.LongCount(i => List().IsMatch(i.Name)),
            Manifests = files.LongCount(i => Manifest().IsMatch(i.Name)),
            Others = files.LongCount(i => !i.Name.StartsWith(data, StringComparison.Ordinal) && !List().IsMatch(i.Name) && !Manifest().IsMatch(i.Name)),
            Bytes = files.Sum(i => i.Size),
        };
    }

    [GeneratedRegex(@"^(.+)-\d{5,}\.parquet$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"(?:^|/)metadata/v(\d{1,9})\.", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"/snap-[^/]*\.avro$", RegexOptions.CultureInvariant)]
    private static partial Regex List();

    [GeneratedRegex(@"-m\d+\.avro$", RegexOptions.CultureInvariant)]
    private static partial Regex Manifest();
}
