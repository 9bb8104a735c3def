using System.CommandLine;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary>What the state commands share.</summary>
internal static class StateArguments
{
    public static Argument<string> Job() => new("job") { Description = "Job file, or file of statements: totals.sql, or totals.sql#name for one of several." };

    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Make the change; without it only what would change is shown." };

    /// <summary>The one job of a file.</summary>
    public static async Task<Pipeline> LoadAsync(string path, CancellationToken cancellation)
    {
        IReadOnlyList<Pipeline> jobs = await LoadAllAsync([path], cancellation).ConfigureAwait(false);
        return jobs.Count == 1
            ? jobs[0]
            : throw StateErrors.NoProgress.Error($"'{path}' holds {jobs.Count} jobs; name one.", ErrorPlace.InFile(path), SqlJobFile.IsOne(path) ? $"Name one: {path}#{jobs[0].Job}" : jobs.Count > 1 && jobs[0].Stream is { } stream ? $"Name one: {path}#{stream}" : "Name one job file.");
    }

    /// <summary>The jobs of job files, of folders of them, and of files of statements.</summary>
    public static async Task<IReadOnlyList<Pipeline>> LoadAllAsync(IEnumerable<string> paths, CancellationToken cancellation)
    {
        var jobs = new List<Pipeline>();
        foreach (string path in paths.Where(SqlJobFile.IsOne))
        {
            jobs.AddRange(await SqlJobFile.LoadAsync(path, cancellation).ConfigureAwait(false));
        }

        jobs.AddRange(await JobPipelines.OfAsync(paths.Where(p => !SqlJobFile.IsOne(p)), cancellation).ConfigureAwait(false));
        return jobs;
    }
}
