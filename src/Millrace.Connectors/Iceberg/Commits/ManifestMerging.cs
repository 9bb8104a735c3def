using System.Collections.Immutable;
using System.Globalization;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Which manifests a commit writes anew as one, so that their number does not grow with the number of commits. Sizes and counts are
/// properties of the table, of the names that other engines know.
/// </summary>
/// <param name="TargetBytes">Size that a merged manifest does not pass.</param>
/// <param name="MinCount">Small manifests that have to come together, the newest among them, before they are merged.</param>
internal sealed record ManifestMerging(long TargetBytes, int MinCount)
{
    private const long DefaultTargetBytes = 8 << 20;
    private const int DefaultMinCount = 100;

    /// <summary>What a table asks for; null when its manifests are left alone.</summary>
    public static ManifestMerging? Of(ImmutableSortedDictionary<string, string> properties)
        => properties.GetValueOrDefault("commit.manifest-merge.enabled")?.Equals("false", StringComparison.OrdinalIgnoreCase) == true
            ? null
            : new ManifestMerging(
                Number(properties, "commit.manifest.target-size-bytes") ?? DefaultTargetBytes,
                (int)Math.Min(int.MaxValue, Number(properties, "commit.manifest.min-count-to-merge") ?? DefaultMinCount));

    /// <summary>The manifests in groups; those of a group of several become one.</summary>
    /// <param name="manifests">The manifests of the new snapshot, the newest first.</param>
    public IEnumerable<List<ManifestFile>> Groups(IReadOnlyList<ManifestFile> manifests)
    {
        // A manifest whose size nobody told is one of a table without lists, and its spec is not known either.
        foreach (IGrouping<(ManifestContent, int, bool), ManifestFile> alike in manifests.GroupBy(m => (m.Content, m.SpecId, m.Length > 0)))
        {
            List<List<ManifestFile>> packed = alike.Key.Item3 ? Pack([.. alike]) : [.. alike.Select(m => new List<ManifestFile> { m })];
            foreach (List<ManifestFile> group in packed)
            {
                if (group.Count == 1 || group.Count >= MinCount || group != packed[0])
                {
                    yield return group;
                    continue;
                }

                foreach (ManifestFile single in group)
                {
                    yield return [single];
                }
            }
        }
    }

    // Packed from the oldest on, so that what is full stays as it is and only the group of the newest is not.
    private List<List<ManifestFile>> Pack(List<ManifestFile> manifests)
    {
        var groups = new List<List<ManifestFile>>();
        long bytes = 0;
        for (int i = manifests.Count - 1; i >= 0; i--)
        {
            if (groups.Count == 0 || bytes + manifests[i].Length > TargetBytes)
            {
                groups.Insert(0, []);
                bytes = 0;
            }

            groups[0].Insert(0, manifests[i]);
            bytes += manifests[i].Length;
        }

        return groups;
    }

    private static long? Number(ImmutableSortedDictionary<string, string> properties, string name)
        => long.TryParse(properties.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 ? number : null;
}
