using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary>Reads the job files that a command names.</summary>
internal static class JobFiles
{
    /// <summary>All jobs; every fault of every file in one error.</summary>
    public static IReadOnlyList<JobFile> LoadAll(IEnumerable<string> paths)
    {
        var jobs = new List<JobFile>();
        var faults = new OptionFaults();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in paths.SelectMany(JobFile.Find))
        {
            try
            {
                JobFile job = JobFile.Load(path, Composition.Connectors);
                string key = $"{job.Spec.Tenant}/{job.Spec.Name}";
                if (!names.TryAdd(key, path))
                {
                    faults.Add(ConfigurationErrors.DuplicateJob, $"The job '{job.Spec.Name}' is in {names[key]} too.", ErrorPlace.InFile(path));
                }

                jobs.Add(job);
            }
            catch (MillraceException e)
            {
                foreach (MillraceException fault in e.Related.Count > 0 ? e.Related : [e])
                {
                    faults.Add(fault);
                }
            }
        }

        faults.ThrowIfAny();
        return jobs;
    }
}
