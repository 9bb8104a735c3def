using System.ComponentModel;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Streaming;

/// <summary>Options of a table in <c>WITH (…)</c> that say how it is read as it grows.</summary>
internal sealed record StreamTableOptions
{
    [Description("Whether reading goes on when all there is was read. Statements over such a table run on until they are stopped.")]
    public bool Follow { get; init; }

    [Description("How often a table that is followed is asked for more, when it does not tell by itself.")]
    public TimeSpan? Poll { get; init; }

    [Description("After this time without rows a file or partition does not hold the watermark back.")]
    public TimeSpan? WatermarkIdleTimeout { get; init; }

    [Description("Of a table with a primary key: the column that says which row of a key is the latest, a whole number, date or timestamp. Left out, it is the row that comes last.")]
    public string? VersionColumn { get; init; }
}

/// <summary>Options of a target in <c>WITH (…)</c> that say how the statement that writes it is run.</summary>
internal sealed record StreamJobOptions
{
    [Description("What happens to bad rows, and when a failed attempt is followed by another.")]
    public FailureSpec? Failure { get; init; }

    [Description("When epochs are closed and committed.")]
    public BatchSpec? Batch { get; init; }

    [Description("Data contract that the rows are held against: the path of an asset file. For statements whose result only grows.")]
    [OptionExample("orders.yaml")]
    public string? Asset { get; init; }

    [Description("What happens to rows that do not keep the contract: strict, warn, evolve or freeze.")]
    public ContractMode? SchemaValidationMode { get; init; }

    [Description("What becomes of rows that come after their window was closed: drop, side_output or update.")]
    public LateRows LateData { get; init; }

    [Description("A table that gets the rows that came after their window was closed, in the same epoch, for late.data = 'side output'. Left out, they become dead letters.")]
    public string? LateTable { get; init; }

    [Description("How long after its end a window still takes rows, for late.data = 'update'.")]
    public TimeSpan AllowedLateness { get; init; }

    [Description("How long state without a window is kept after it was last used.")]
    public TimeSpan? StateTtl { get; init; }

    [Description("What becomes of stages of a query that was changed: refuse, rebuild, or keep where only conditions and expressions before a stage changed.")]
    public ChangedState StateOnChange { get; init; }

    [Description("Whether every input row makes a change of its own visible.")]
    public bool EmitEveryRecord { get; init; }

    [Description("How changes are written: append, upsert, retract or debezium.")]
    public ChangelogMode? Changelog { get; init; }

    [Description("The guarantee that the statement needs; it does not start if its target cannot give it.")]
    public DeliveryGuarantee? DeliveryGuarantee { get; init; }
}
