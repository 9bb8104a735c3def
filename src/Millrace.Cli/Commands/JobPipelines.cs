using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary>The pipelines of job files: one a file, or one for each stream that a job of several reads; <c>job.yaml#public.orders</c> names one of those.</summary>
internal static class JobPipelines
{
    private static readonly string[] Endings = [".yaml#", ".yml#"];

    /// <summary>The pipelines of job files and folders of them.</summary>
    public static async Task<IReadOnlyList<Pipeline>> OfAsync(IEnumerable<string> paths, CancellationToken cancellation)
    {
        var pipelines = new List<Pipeline>();
        (string Path, string? Stream)[] wanted = [.. paths.Select(Split)];
        foreach ((JobFile job, string? stream) in wanted.Where(w => w.Stream is not null).Select(w => (JobFiles.LoadAll([w.Path])[0], w.Stream))
            .Concat(JobFiles.LoadAll(wanted.Where(w => w.Stream is null).Select(w => w.Path)).Select(j => (j, (string?)null))))
        {
            IReadOnlyList<Pipeline> all = StreamGroup.Of(job, Composition.Connectors) is { } group
                ? [.. (await group.PipelinesAsync(cancellation).ConfigureAwait(false)).Select(s => s.Pipeline)]
                : [Pipeline.Of(job, Composition.Connectors)];
            pipelines.AddRange(stream is null ? all : [Named(all, stream, job.Path!)]);
        }

        return pipelines;
    }

    private static Pipeline Named(IReadOnlyList<Pipeline> all, string stream, string path)
        => all.FirstOrDefault(p => p.Stream == stream)
            ?? throw GroupErrors.NoStream.Error($"The job has no stream '{stream}'{NearestName.Suggest(stream, all.Select(p => p.Stream ?? ""))}.", ErrorPlace.InFile(path));

    private static (string Path, string? Stream) Split(string path)
    {
        foreach (string ending in Endings)
        {
            int at = path.IndexOf(ending, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && !File.Exists(path))
            {
                int mark = at + ending.Length - 1;
                return (path[..mark], path[(mark + 1)..]);
            }
        }

        return (path, null);
    }
}
