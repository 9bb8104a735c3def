namespace Millrace.TestKit;

/// <summary>Counts the steps of a run and fails at one of them.</summary>
public sealed class FaultPlan
{
    private readonly List<string> _steps = [];
    private readonly int _failAt;
    private readonly Func<string, Exception>? _fault;

    private FaultPlan(int failAt, Func<string, Exception>? fault)
    {
        _failAt = failAt;
        _fault = fault;
    }

    /// <summary>Fails nowhere, only writes down the steps.</summary>
    public static FaultPlan None() => new(-1, null);

    /// <summary>The process dies at a step, counted from 0: it throws <see cref="CrashException"/> then and ever after.</summary>
    public static FaultPlan CrashAt(int step) => new(step, null);

    /// <summary>One step fails; the process lives on.</summary>
    public static FaultPlan FailAt(int step, Func<string, Exception> fault) => new(step, fault);

    /// <summary>What was done, in order.</summary>
    public IReadOnlyList<string> Steps => _steps;

    public bool Crashed { get; private set; }

    /// <summary>Called by the fault-injecting parts before and after what they do.</summary>
    public void Step(string what)
    {
        if (Crashed)
        {
            throw new CrashException(what);
        }

        _steps.Add(what);
        if (_steps.Count - 1 == _failAt)
        {
            if (_fault is not null)
            {
                throw _fault(what);
            }

            Crashed = true;
            throw new CrashException(what);
        }
    }
}

/// <summary>Stands for the death of the process in a test.</summary>
public sealed class CrashException(string step) : Exception($"Crash at: {step}");
