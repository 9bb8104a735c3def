using Millrace.Storage;

namespace Millrace.TestKit;

/// <summary>
/// Counts the steps of a run and puts a fault at one of them. The parts that inject faults call it before and after what they
/// do, so a fault at a step is one before or after an operation has taken effect. Any thread may call.
/// </summary>
public sealed class FaultPlan
{
    private readonly List<string> _steps = [];
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _at;
    private readonly FaultKind _kind;
    private readonly Func<string, Exception>? _fault;

    private FaultPlan(int at, FaultKind kind, Func<string, Exception>? fault = null)
    {
        _at = at;
        _kind = kind;
        _fault = fault;
    }

    /// <summary>No fault anywhere, only writes down the steps.</summary>
    public static FaultPlan None() => new(-1, FaultKind.Error);

    /// <summary>The process dies at a step, counted from 0: it throws <see cref="CrashException"/> then and ever after.</summary>
    public static FaultPlan CrashAt(int step) => new(step, FaultKind.Crash);

    /// <summary>One step fails; the process lives on.</summary>
    public static FaultPlan FailAt(int step, Func<string, Exception> fault) => new(step, FaultKind.Error, fault);

    /// <summary>One step does not come back before it is cancelled; see <see cref="Hung"/>. A step that nobody can cancel is left alone.</summary>
    public static FaultPlan HangAt(int step) => new(step, FaultKind.Hang);

    /// <summary>One step begins only after <see cref="Resume"/>, as in a process that is stopped; see <see cref="Hung"/>.</summary>
    public static FaultPlan PauseAt(int step) => new(step, FaultKind.Pause);

    /// <summary>Lets the step of <see cref="PauseAt"/> begin.</summary>
    public void Resume() => _resumed.TrySetResult();

    /// <summary>A fault of a kind at a step; an error is that of a disk that is full.</summary>
    public static FaultPlan At(int step, FaultKind kind) => new(step, kind, what => StorageErrors.DiskFull.Error($"Fault at: {what}"));

    /// <summary>What was done, in order.</summary>
    public IReadOnlyList<string> Steps => _steps;

    /// <summary>Whether the process is dead.</summary>
    public bool Crashed { get; private set; }

    /// <summary>Ends when the step of <see cref="HangAt"/> or <see cref="PauseAt"/> is reached.</summary>
    public Task Hung => _hung.Task;

    public override string ToString() => _at < 0 ? "no fault" : $"{_kind} at step {_at} ({(_at < _steps.Count ? _steps[_at] : "not reached")})";

    /// <summary>Called by the fault-injecting parts before and after what they do.</summary>
    public void Step(string what) => Reach(what);

    /// <inheritdoc cref="Step"/>
    public async ValueTask StepAsync(string what, CancellationToken cancellation)
    {
        if (!Reach(what))
        {
            return;
        }

        if (_kind == FaultKind.Pause)
        {
            _hung.TrySetResult();
            await _resumed.Task.ConfigureAwait(false);
        }
        else if (cancellation.CanBeCanceled)
        {
            _hung.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(false);
        }
    }

    // True when the step is to hang or to wait.
    private bool Reach(string what)
    {
        lock (_lock)
        {
            if (Crashed)
            {
                throw new CrashException(what);
            }

            _steps.Add(what);
            if (_steps.Count - 1 != _at)
            {
                return false;
            }

            if (_kind == FaultKind.Error)
            {
                throw _fault!(what);
            }

            Crashed = _kind == FaultKind.Crash;
            return Crashed ? throw new CrashException(what) : true;
        }
    }
}

/// <summary>What goes wrong at a step.</summary>
public enum FaultKind
{
    /// <summary>The process is gone: nothing of it acts any more.</summary>
    Crash,

    /// <summary>The operation fails.</summary>
    Error,

    /// <summary>The operation does not come back until it is cancelled.</summary>
    Hang,

    /// <summary>The operation begins late.</summary>
    Pause,
}

/// <summary>Stands for the death of the process in a test.</summary>
public sealed class CrashException(string step) : Exception($"Crash at: {step}");
