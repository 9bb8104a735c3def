using System.Globalization;

namespace Millrace.Connectors.Iceberg;

/// <summary>Which files are written anew, and how.</summary>
public sealed record CompactionOptions
{
    private const long DefaultTargetBytes = 256L << 20;

    /// <summary>Size of the new files, about; null for what the table asks for.</summary>
    public long? TargetBytes { get; init; }

    /// <summary>Small files that have to come together in a partition; a file with deleted rows is written anew by itself too.</summary>
    public int MinFiles { get; init; } = 2;

    /// <summary>Conditions on partition columns; null for the whole table.</summary>
    public string? Where { get; init; }

    /// <summary>Order of the rows in new files, as <c>region, ts desc</c>; null for that of the table.</summary>
    public string? Sort { get; init; }

    /// <summary>Whether files are written anew that are large and without deleted rows too.</summary>
    public bool All { get; init; }

    public string Branch { get; init; } = SnapshotRef.Main;

    /// <summary>Bytes that are written anew in one commit, at least.</summary>
    public long CommitBytes { get; init; } = 4L << 30;

    /// <summary>Groups of files that are written at once.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    public bool DryRun { get; init; }

    /// <summary>The size that a table asks for.</summary>
    internal static long TargetOf(TableMetadata table)
        => long.TryParse(table.Properties.GetValueOrDefault("write.target-file-size-bytes"), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) && bytes > 0 ? bytes : DefaultTargetBytes;

    internal static bool IsSmall(long bytes, long target) => bytes < target / 4 * 3;
}

/// <summary>What a compaction did, or would do.</summary>
public sealed record CompactionReport
{
    /// <summary>Data files that were written anew, their rows and bytes.</summary>
    public long FilesBefore { get; init; }

    public long RowsBefore { get; init; }

    public long BytesBefore { get; init; }

    /// <summary>What they became; 0 where nothing was written.</summary>
    public long FilesAfter { get; init; }

    public long RowsAfter { get; init; }

    public long BytesAfter { get; init; }

    /// <summary>Groups of files that became new ones.</summary>
    public int Groups { get; init; }

    /// <summary>Partitions that the groups are in.</summary>
    public int Partitions { get; init; }

    /// <summary>Files of deletes that are for nothing any more and were taken out.</summary>
    public long DeleteFilesRemoved { get; init; }

    public int Commits { get; init; }

    /// <summary>Data files that were left as they are.</summary>
    public long FilesLeft { get; init; }

    /// <summary>Groups that other commits changed meanwhile, again and again, and that are as they were.</summary>
    public int GroupsGivenUp { get; init; }

    internal CompactionReport Plus(CompactionReport other) => new()
    {
        FilesBefore = FilesBefore + other.FilesBefore,
        RowsBefore = RowsBefore + other.RowsBefore,
        BytesBefore = BytesBefore + other.BytesBefore,
        FilesAfter = FilesAfter + other.FilesAfter,
        RowsAfter = RowsAfter + other.RowsAfter,
        BytesAfter = BytesAfter + other.BytesAfter,
        Groups = Groups + other.Groups,
        Partitions = Math.Max(Partitions, other.Partitions),
        DeleteFilesRemoved = DeleteFilesRemoved + other.DeleteFilesRemoved,
        Commits = Commits + other.Commits,
        FilesLeft = other.FilesLeft,
        GroupsGivenUp = other.GroupsGivenUp,
    };
}
