using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Cli;

/// <summary>Parts that the reports on tables share.</summary>
internal static class TableText
{
    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Iso(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Span(TimeSpan span) => span >= TimeSpan.FromDays(1) && span.Hours == 0
        ? $"{(long)span.TotalDays}d"
        : span >= TimeSpan.FromHours(1) && span.Minutes == 0 ? $"{(long)span.TotalHours}h" : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###}s");

    /// <summary><c>3 data files, 1 manifest, 12.3 kB</c>.</summary>
    public static string Describe(RemovedFiles files)
    {
        var parts = new List<string>();
        foreach ((long count, string noun) in new[]
        {
            (files.DataFiles, "data file"), (files.DeleteFiles, "delete file"), (files.Manifests, "manifest"), (files.Lists, "manifest list"), (files.Others, "other file"),
        })
        {
            if (count > 0)
            {
                parts.Add(Figures.Count(count, noun));
            }
        }

        return parts.Count == 0 ? "no files" : $"{string.Join(", ", parts)}, {Figures.Bytes(files.Bytes)}";
    }

    public static JsonObject Json(RemovedFiles files) => new()
    {
        ["data_files"] = files.DataFiles,
        ["delete_files"] = files.DeleteFiles,
        ["manifests"] = files.Manifests,
        ["manifest_lists"] = files.Lists,
        ["other_files"] = files.Others,
        ["bytes"] = files.Bytes,
    };

    public static string Retention(ReferenceDescription reference)
    {
        var parts = new List<string>();
        if (reference.MaxAge is { } age)
        {
            parts.Add($"kept {Span(age)}");
        }

        if (reference.MinSnapshots is { } count)
        {
            parts.Add($"at least {Figures.Count(count, "snapshot")}");
        }

        if (reference.MaxSnapshotAge is { } old)
        {
            parts.Add($"snapshots kept {Span(old)}");
        }

        return parts.Count == 0 ? "" : $" ({string.Join(", ", parts)})";
    }

    public static JsonObject? Json(ReferenceDescription? reference) => reference is null ? null : new JsonObject
    {
        ["name"] = reference.Name,
        ["type"] = reference.IsBranch ? "branch" : "tag",
        ["snapshot_id"] = reference.SnapshotId,
        ["max_age_ms"] = (long?)reference.MaxAge?.TotalMilliseconds,
        ["min_snapshots"] = reference.MinSnapshots,
        ["max_snapshot_age_ms"] = (long?)reference.MaxSnapshotAge?.TotalMilliseconds,
    };
}
