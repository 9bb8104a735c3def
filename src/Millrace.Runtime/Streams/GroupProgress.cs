namespace Millrace.Runtime;

/// <summary>How far a run of several streams is. Any thread may read it.</summary>
public sealed class GroupProgress
{
    private readonly List<GroupMember> _runs = [];
    private readonly Lock _lock = new();

    /// <summary>Called when a stream's run begins; its handlers are then set before anything is read.</summary>
    public event Action<GroupMember>? Begun;

    /// <summary>The streams in the order in which they are begun; none before it is known which there are.</summary>
    public IReadOnlyList<GroupMember> Runs
    {
        get
        {
            lock (_lock)
            {
                return [.. _runs];
            }
        }
    }

    internal void Add(IEnumerable<GroupMember> runs)
    {
        lock (_lock)
        {
            _runs.AddRange(runs);
        }
    }

    internal void Begin(GroupMember run)
    {
        run.State = MemberState.Running;
        Begun?.Invoke(run);
    }
}

/// <summary>One stream of a run.</summary>
public sealed class GroupMember(string stream)
{
    public string Stream => stream;

    public MemberState State { get; internal set; }

    /// <summary>How far it is.</summary>
    public RunProgress Progress { get; } = new();

    /// <summary>How it ended, or why it could not begin; null before.</summary>
    public RunSummary? Summary { get; internal set; }
}

public enum MemberState
{
    Waiting,
    Running,
    Ended,

    /// <summary>An unfinished run before has done it.</summary>
    DoneBefore,
}
