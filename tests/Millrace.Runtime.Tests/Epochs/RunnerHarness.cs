using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>A job from a <see cref="ReplayInput"/> into a <see cref="MemoryTarget"/>, on a clock that tests move.</summary>
internal sealed class RunnerHarness(ReplayInput input, MemoryTarget? target = null) : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    public ReplayInput Input => input;

    public MemoryTarget Target { get; } = target ?? new MemoryTarget();

    public ManualTime Time { get; } = new();

    public TempFolder Folder => _folder;

    /// <summary>Changes the pipeline of every run.</summary>
    public Func<Pipeline, Pipeline> Shape { get; set; } = p => p;

    public Pipeline Pipeline(FaultPlan plan) => Shape(new Pipeline
    {
        Job = "job",
        BaseDirectory = _folder.Path,
        Source = ReplayConnector.Endpoint(input, plan),
        Sink = MemoryConnector.Endpoint(Target, plan),
        ReadMode = ReadMode.Incremental,
        Threads = 1,
        Time = Time,
    });

    /// <summary>Runs without faults.</summary>
    public async Task<RunSummary> RunAsync(CancellationToken stop = default)
    {
        FaultPlan plan = FaultPlan.None();
        return (await InterruptedRun.RunAsync(Pipeline(plan), plan, Time, stop))!;
    }

    public void Dispose() => _folder.Dispose();
}
