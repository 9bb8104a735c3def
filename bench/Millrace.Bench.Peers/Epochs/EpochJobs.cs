using System.Diagnostics;
using Millrace.Connectors.Files;
using Millrace.Formats;
using Millrace.Runtime;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Bench.Peers;

/// <summary>Runs jobs in this process, so that the start of the program is not part of what is measured.</summary>
internal static class EpochJobs
{
    private static readonly ConnectorRegistry Connectors = new(typeof(FilesConnector).Assembly);

    /// <summary>A data set that commits as everybody's does.</summary>
    public static Connector ExactlyOnce { get; } = new FilesConnector();

    /// <summary>The same files without commits.</summary>
    public static Connector AtLeastOnce { get; } = new FilesConnector(FormatRegistry.BuiltIn, store => new UnsafeStore((LocalStore)store));

    public static Pipeline Job(string source, Endpoint sink, BatchSpec? batch, int threads) => new()
    {
        Job = "bench",
        BaseDirectory = Folders.Data,
        Source = Endpoint.OfLocation(source, ConnectorRole.Source, Connectors),
        Sink = sink,
        ReadMode = ReadMode.Incremental,
        Batch = batch,
        Threads = threads,
    };

    public static Endpoint Folder(Connector connector, string path, string format)
    {
        Endpoint endpoint = Endpoint.OfLocation(path, ConnectorRole.Target, Connectors, Format(format));
        return endpoint with { Connector = connector };
    }

    /// <summary>Runs a job into a target that is empty before, and gives its time and its summary.</summary>
    public static (double Seconds, RunSummary Summary) Run(Pipeline job, string? target = null)
    {
        if (target is not null && Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        var watch = Stopwatch.StartNew();
        RunSummary summary = new PipelineRunner(job).RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        double seconds = watch.Elapsed.TotalSeconds;
        return summary.Error is { } error ? throw new InvalidOperationException(error.Describe()) : (seconds, summary);
    }

    private static OptionMap Format(string name)
    {
        var options = new OptionMap(new ErrorPlace());
        options.Set("format", new OptionScalar(name, new ErrorPlace()));
        return options;
    }
}
