using System.Globalization;

namespace Millrace.Connectors.Iceberg;

/// <summary>Which snapshots, branches and tags have outlived what the table and its references ask for (specification, "Snapshot Retention Policy").</summary>
/// <param name="Expired">Snapshots that go.</param>
/// <param name="References">Branches and tags that go.</param>
internal sealed record Retention(IReadOnlySet<long> Expired, IReadOnlyList<string> References)
{
    private const long DefaultMaxAgeMs = 5L * 24 * 60 * 60 * 1000;

    public bool IsEmpty => Expired.Count == 0 && References.Count == 0;

    public static Retention Of(TableMetadata table, string path, ExpiryOptions options, DateTimeOffset now)
    {
        long nowMs = now.ToUnixTimeMilliseconds();
        long defaultMaxAge = Property(table, "history.expire.max-snapshot-age-ms") ?? DefaultMaxAgeMs;
        long defaultRefAge = Property(table, "history.expire.max-ref-age-ms") ?? long.MaxValue;
        int defaultMin = options.RetainLast ?? (int)Math.Clamp(Property(table, "history.expire.min-snapshots-to-keep") ?? 1, 1, int.MaxValue);
        long defaultLimit = options.OlderThan?.ToUnixTimeMilliseconds() ?? nowMs - defaultMaxAge;

        var kept = new HashSet<long>();
        var gone = new List<string>();
        foreach ((string name, SnapshotRef reference) in table.Refs)
        {
            if (table.SnapshotOf(reference.SnapshotId) is not { } at
                || (name != SnapshotRef.Main && nowMs - at.TimestampMs > (reference.MaxRefAgeMs ?? defaultRefAge)))
            {
                gone.Add(name);
                continue;
            }

            kept.Add(at.Id);
            if (reference.IsBranch)
            {
                int min = reference.MinSnapshotsToKeep ?? defaultMin;
                long limit = reference.MaxSnapshotAgeMs is { } age ? nowMs - age : defaultLimit;
                kept.UnionWith(Line(table, at.Id, min, limit));
            }
        }

        // What no reference leads to is kept as long as it is young: somebody may want to go back to it.
        HashSet<long> named = [.. table.Refs.Where(r => !gone.Contains(r.Key)).SelectMany(r => r.Value.IsBranch ? table.AncestorsOf(r.Value.SnapshotId).Select(s => s.Id) : [r.Value.SnapshotId])];
        kept.UnionWith(table.Snapshots.Where(s => !named.Contains(s.Id) && s.TimestampMs >= defaultLimit).Select(s => s.Id));
        return options.Snapshots.Count > 0 ? Chosen(table, path, options) : new Retention(table.Snapshots.Select(s => s.Id).Where(id => !kept.Contains(id)).ToHashSet(), gone);
    }

    // The newest of a line. A snapshot that only carries progress on is none to go back to, and takes nobody's place.
    private static IEnumerable<long> Line(TableMetadata table, long id, int min, long limit)
    {
        int counted = 0;
        foreach (Snapshot snapshot in table.AncestorsOf(id))
        {
            if (counted >= min && snapshot.TimestampMs < limit)
            {
                yield break;
            }

            counted += JobMark.OnlyCarries(snapshot) ? 0 : 1;
            yield return snapshot.Id;
        }
    }

    // Snapshots that were named one by one, and nothing else.
    private static Retention Chosen(TableMetadata table, string path, ExpiryOptions options)
    {
        foreach (long id in options.Snapshots)
        {
            string text = id.ToString(CultureInfo.InvariantCulture);
            if (table.SnapshotOf(id) is null)
            {
                throw MaintenanceErrors.NoSnapshot(path, $"{text}{NearestName.Suggest(text, table.Snapshots.Select(s => s.Id.ToString(CultureInfo.InvariantCulture)))}");
            }

            if (table.Refs.FirstOrDefault(r => r.Value.SnapshotId == id).Key is { } name)
            {
                throw MaintenanceErrors.StillNamed.Error($"The snapshot {text} is that of '{name}'.", ErrorPlace.InFile(path));
            }
        }

        return new Retention(options.Snapshots.ToHashSet(), []);
    }

    private static long? Property(TableMetadata table, string name)
        => long.TryParse(table.Properties.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
}
