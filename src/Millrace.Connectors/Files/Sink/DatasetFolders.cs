using System.Globalization;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// Names in a dataset. Beside the data there is a folder that readers skip, with a folder for each job that writes:
/// <c>_millrace/JOB/log</c> holds the commit records, <c>_millrace/JOB/staged</c> the files that wait for a commit.
/// </summary>
internal static class DatasetFolders
{
    /// <summary>Holds all that is not data.</summary>
    public const string Root = "_millrace/";

    /// <summary>One run at a time writes to a dataset, whatever its job, since a commit may replace what others wrote.</summary>
    public const string Lock = Root + ".lock";

    public const string RecordEnding = ".json";

    /// <summary>Ending of lists of files of older commits.</summary>
    public const string ArchiveEnding = ".files";

    private const string StagedEnding = ".staged";

    /// <summary>The folder of a job, its slash at the end. Names of tenants and jobs are any text.</summary>
    public static string Of(ConnectorContext context) => context.Tenant == "default"
        ? $"{Root}{StoreName.Escape(context.Job)}/"
        : $"{Root}{StoreName.Escape(context.Tenant)}~{StoreName.Escape(context.Job)}/";

    public static string Log(string job) => job + "log/";

    public static string Record(string job, long sequence) => string.Create(CultureInfo.InvariantCulture, $"{job}log/{sequence:D12}{RecordEnding}");

    /// <summary>The number in a record's name; 0 when it has none.</summary>
    public static long SequenceOf(string record)
    {
        ReadOnlySpan<char> file = record.AsSpan(record.LastIndexOf('/') + 1);
        return file.EndsWith(RecordEnding, StringComparison.Ordinal)
            && long.TryParse(file[..^RecordEnding.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long sequence) ? sequence : 0;
    }

    public static string Archive(string job, long sequence) => string.Create(CultureInfo.InvariantCulture, $"{job}log/{sequence:D12}{ArchiveEnding}");

    public static string StagedFolder(string job) => job + "staged/";

    /// <summary>Where a file waits. The ending keeps it out of patterns such as <c>**/*.parquet</c>.</summary>
    public static string Staged(string job, string file) => $"{job}staged/{file}{StagedEnding}";
}
