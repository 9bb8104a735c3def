using Millrace.Sdk;

namespace Millrace.Runtime.Streaming;

/// <summary>Tables of late rows of jobs that run at once.</summary>
public static class LateTables
{
    /// <summary>Refuses jobs of which one would write what another one's late rows go to: only one can at a time.</summary>
    /// <param name="jobs">All that run at once.</param>
    /// <param name="placeOf">The place of a job's statement.</param>
    public static void Check(IReadOnlyList<Pipeline> jobs, Func<int, ErrorPlace> placeOf)
    {
        var late = new Dictionary<string, int>(StringComparer.Ordinal);
        var written = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int job = 0; job < jobs.Count; job++)
        {
            ConnectorContext context = jobs[job].Context(static _ => { });
            LateTarget? target = jobs[job].Query?.Late;
            IReadOnlyList<string> own = target?.Target.Connector.OutputsOf(target.Target.Options, context) ?? [];
            foreach (string output in context.Outputs)
            {
                if ((own.Contains(output) ? written : late).TryGetValue(output, out int other))
                {
                    string name = target is not null && own.Contains(output) ? target.Name : jobs[other].Query!.Late!.Name;
                    throw StreamingErrors.BadLateTable.Error(
                        $"'{name}' cannot get the late rows: the jobs '{jobs[other].Job}' and '{jobs[job].Job}' would write it at the same time.",
                        placeOf(job),
                        "Give the late rows of each statement a table of their own.");
                }
            }

            foreach (string output in context.Outputs)
            {
                written.TryAdd(output, job);
            }

            foreach (string output in own)
            {
                late.TryAdd(output, job);
            }
        }
    }
}
