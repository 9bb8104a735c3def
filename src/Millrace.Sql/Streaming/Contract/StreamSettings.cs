using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Streaming;

/// <summary>What becomes of rows that come after their window was closed.</summary>
public enum LateRows
{
    /// <summary>They are counted and left out.</summary>
    Drop,

    /// <summary>They are counted, left out of the result, and handed to <see cref="StreamSettings.OnLateRows"/>.</summary>
    SideOutput,

    /// <summary>Within <see cref="StreamSettings.AllowedLateness"/> they change the result that was given; later ones are as with <see cref="Drop"/>.</summary>
    Update,
}

/// <summary>How a query runs on.</summary>
public sealed record StreamSettings
{
    /// <summary>
    /// When results are given: as they change, also those of windows that are open; or once, when they are final. Null for the
    /// default: windows when they close, everything else as it changes.
    /// </summary>
    public EmitMode? Emit { get; init; }

    /// <summary>
    /// Whether every input row makes a change of its own visible; otherwise the changes of a key in a round are folded into one.
    /// </summary>
    public bool EmitsEveryRecord { get; init; }

    /// <summary>How the rows of tables are dealt to lanes, where a stage does not need it otherwise; null for as the planner decides.</summary>
    public PartitioningStrategy? Dealing { get; init; }

    public LateRows Late { get; init; } = LateRows.Drop;

    /// <summary>How long after its end a window still takes rows, in event time; for <see cref="LateRows.Update"/>.</summary>
    public TimeSpan AllowedLateness { get; init; }

    /// <summary>Gets late rows, in the schema of the stage's input; borrowed. Lanes call at once.</summary>
    public Action<RecordBatch>? OnLateRows { get; init; }

    /// <summary>How long state without a window is kept after it was last used, by the run's clock; null for ever.</summary>
    public TimeSpan? StateTimeToLive { get; init; }

    /// <summary>After this time without rows a split does not hold the watermark back; null for never.</summary>
    public TimeSpan? IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether the splits of an input follow each other in time, such as a file a day: then one that was not begun holds
    /// nothing back.
    /// </summary>
    public bool SplitsFollowEachOther { get; init; }
}
