using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// A step of a query that runs on: it takes the changes of its inputs round by round and gives the changes of its result.
/// Immutable; what a run of it keeps is in its operators, one for each lane.
/// </summary>
/// <param name="schema">Columns of the rows it gives.</param>
/// <param name="isChanges">Whether it takes rows back that it gave: its batches then have <see cref="Weights"/> behind the columns.</param>
/// <param name="inputs">What it takes rows from.</param>
public abstract class StagePlan(Schema schema, bool isChanges, params IReadOnlyList<StageInput> inputs)
{
    /// <summary>Columns of its rows, without the weights.</summary>
    public Schema Schema { get; } = schema;

    /// <summary>Whether its batches have <see cref="Weights"/>.</summary>
    public bool IsChanges { get; } = isChanges;

    public IReadOnlyList<StageInput> Inputs { get; } = inputs;

    /// <summary>Schema of its batches: with weights if it gives changes.</summary>
    public Schema BatchSchema => IsChanges ? Weights.Append(Schema) : Schema;

    /// <summary>Name in <c>EXPLAIN</c>: <c>WindowAggregate</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Its particulars in <c>EXPLAIN</c>: keys, conditions.</summary>
    public virtual string Details => "";

    /// <summary>What it keeps from round to round; empty for a stage that looks at each row by itself.</summary>
    public virtual IReadOnlyList<StateTable> State => [];

    /// <summary>Columns of the rows that it may find to be late, and hands to <see cref="StreamSettings.OnLateRows"/>; none for a stage for which no row is.</summary>
    public virtual IReadOnlyList<Schema> LateRows => [];

    /// <summary>
    /// What its state means, as text that is the same in every run of the same query. A restart takes state over only where
    /// this is equal.
    /// </summary>
    public virtual string Signature => $"{Name} {Details}";

    /// <summary>Whether its state grows with the input for ever, because nothing ends it.</summary>
    public virtual bool GrowsWithInput => false;

    /// <summary>Opens the operator of a lane.</summary>
    public abstract StageOperator Open(StageContext context);
}
