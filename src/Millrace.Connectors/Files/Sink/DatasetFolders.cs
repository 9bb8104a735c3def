using System.Globalization;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// Names in a dataset. Beside the data there is a folder that readers skip, with a folder for each job that writes:
/// <c>_millrace/JOB/log</c> holds the commit records, <c>_millrace/JOB/folded</c> the files of older ones, and
/// <c>_millrace/JOB/staged</c> the files that wait for a commit.
/// </summary>
internal static class DatasetFolders
{
    /// <summary>Holds all that is not data.</summary>
    public const string Root = "_millrace/";

    /// <summary>One run at a time writes to a dataset, whatever its job, since a commit may replace what others wrote.</summary>
    public const string Lock = Root + ".lock";

    /// <summary>Start of the names of marks that one leaves who takes the dataset over, until all others are fenced off.</summary>
    public const string Takeovers = Root + ".takeover-";

    private const string Ending = ".json";
    private const string StagedEnding = ".staged";

    /// <summary>The folder of a job, its slash at the end. Names of tenants and jobs are any text.</summary>
    public static string Of(ConnectorContext context) => context.Tenant == "default"
        ? $"{Root}{StoreName.Escape(context.Job)}/"
        : $"{Root}{StoreName.Escape(context.Tenant)}~{StoreName.Escape(context.Job)}/";

    public static string Log(string job) => job + "log/";

    public static string Record(string job, long sequence) => string.Create(CultureInfo.InvariantCulture, $"{job}log/{sequence:D12}{Ending}");

    public static string Folded(string job) => job + "folded/";

    /// <summary>The list that stands for records from one to another.</summary>
    public static string Folded(string job, long first, long last) => string.Create(CultureInfo.InvariantCulture, $"{job}folded/{first:D12}-{last:D12}{Ending}");

    /// <summary>The number at the end of the name of a record or list, before its ending; 0 when there is none.</summary>
    public static long NumberOf(string name)
    {
        if (!name.EndsWith(Ending, StringComparison.Ordinal))
        {
            return 0;
        }

        ReadOnlySpan<char> file = name.AsSpan(0, name.Length - Ending.Length);
        return long.TryParse(file[(file.LastIndexOfAny('/', '-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
    }

    public static string StagedFolder(string job) => job + "staged/";

    /// <summary>Where a file waits. The ending keeps it out of patterns such as <c>**/*.parquet</c>.</summary>
    public static string Staged(string job, string file) => $"{job}staged/{file}{StagedEnding}";
}
