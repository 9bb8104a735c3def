namespace Millrace.Runtime;

/// <summary>
/// The stages of a run under watch: <c>write</c>, which plans, takes batches, writes and commits on one thread, and a
/// <c>read</c> for each split that is open.
/// </summary>
internal sealed class RunStages : IDisposable
{
    public const string Reading = "read";
    public const string Writing = "write";

    private readonly StageWatchdog _dog;

    /// <param name="limits">How long a stage may be still.</param>
    /// <param name="time">Clock.</param>
    /// <param name="report">Receives what is stuck, from a thread of the timer.</param>
    public RunStages(LimitsSpec limits, TimeProvider time, Action<string> report)
    {
        _dog = new StageWatchdog(limits.StallWarning, time, report);
        Write = _dog.Add(Writing);
    }

    public StageHeartbeat Write { get; }

    /// <summary>Watches from now on, until it is disposed.</summary>
    public void Start() => _dog.Start();

    /// <summary>Begins to watch the reading of a split, until the result is disposed.</summary>
    public ReadWatch Read(string split) => new(_dog, _dog.Add(Reading), $"reading {split}");

    /// <summary>Begins to watch the search for splits.</summary>
    public ReadWatch Search() => new(_dog, _dog.Add(Reading), "looking for what to read");

    public void Dispose() => _dog.Dispose();
}

/// <summary>Watches one thing that reads. Where nobody watches a run it is null.</summary>
internal sealed class ReadWatch : IDisposable
{
    private readonly StageWatchdog _dog;
    private readonly StageHeartbeat _beat;
    private readonly string _what;

    public ReadWatch(StageWatchdog dog, StageHeartbeat beat, string what)
    {
        _dog = dog;
        _beat = beat;
        _what = what;
        Work();
    }

    public void Work() => _beat.Work(_what);

    public void WaitFor(string stage) => _beat.WaitFor(stage);

    public void Dispose() => _dog.Remove(_beat);
}
