using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Takes the state of a whole query for an epoch: what a state backend has to offer for writing.</summary>
public interface IStateSink
{
    /// <param name="stage">Id of a stage: <see cref="StageState.Id"/>.</param>
    /// <param name="table">Name of one of its tables.</param>
    /// <param name="change">What the rows mean.</param>
    /// <param name="rows">Borrowed.</param>
    void Write(string stage, string table, StateChange change, RecordBatch rows);
}

/// <summary>A piece of state as it was written.</summary>
/// <param name="Stage">Id of the stage.</param>
/// <param name="Table">Name of the table.</param>
/// <param name="Change">What the rows mean.</param>
/// <param name="Rows">The rows, which whoever reads disposes.</param>
public readonly record struct StateRecord(string Stage, string Table, StateChange Change, RecordBatch Rows);

/// <summary>What a stage keeps, as a manifest of saved state tells it: the ground on which a later run decides what it can take over.</summary>
/// <param name="Id">Name of the stage within the query, the same in every run of it: <c>aggregate-1</c>.</param>
/// <param name="Signature">What its state means; state is taken over only where it is equal.</param>
/// <param name="Tables">What it keeps.</param>
public sealed record StageState(string Id, string Signature, IReadOnlyList<StateTable> Tables)
{
    /// <summary>
    /// What is done with rows before they reach it, from the inputs or other stages that keep something on, as text; null where
    /// nothing is known of it.
    /// </summary>
    public string? Steps { get; init; }

    /// <summary>The schema of batches of a table.</summary>
    public Schema SchemaOf(string table, StateChange change)
    {
        StateTable found = Tables.First(t => t.Name == table);
        return change == StateChange.Remove ? found.Schema.Select([.. found.Identity]) : found.Schema;
    }
}
