using System.CommandLine;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary>What the state commands share.</summary>
internal static class StateArguments
{
    public static Argument<string> Job() => new("job") { Description = "Job file." };

    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Make the change; without it only what would change is shown." };

    /// <summary>The one job of a file.</summary>
    public static Pipeline Load(string path)
    {
        IReadOnlyList<JobFile> jobs = JobFiles.LoadAll([path]);
        return jobs.Count == 1
            ? Pipeline.Of(jobs[0], Composition.Connectors)
            : throw StateErrors.NoProgress.Error($"'{path}' holds {jobs.Count} jobs; name the file of one.", ErrorPlace.InFile(path), "Name one job file.");
    }
}
