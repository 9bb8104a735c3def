namespace Millrace.Sql.Execution;

/// <summary>Where the lanes of a pipeline lead to.</summary>
internal abstract class PipelineEnd
{
    /// <summary>Whether lanes need not take another part.</summary>
    public virtual bool IsClosed => false;

    /// <summary>Opens the end of a lane.</summary>
    public abstract LaneOperator OpenLane();

    /// <summary>Whether the rest of a part changes nothing.</summary>
    public virtual bool Skips(int part) => false;

    /// <summary>Waits until more rows of a part are welcome.</summary>
    public virtual ValueTask RoomAsync(int part, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>All rows of a part were pushed.</summary>
    public virtual void EndPart(int part)
    {
    }
}

/// <summary>The end in one input of a breaker.</summary>
internal sealed class BreakerEnd(IBreaker breaker, int input) : PipelineEnd
{
    public override LaneOperator OpenLane() => breaker.OpenLane(input);
}
