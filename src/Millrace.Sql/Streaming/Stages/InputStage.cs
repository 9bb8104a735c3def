using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>How the batches of a table come to the lanes of its <see cref="InputStage"/>.</summary>
public enum InputDealing
{
    /// <summary>One after the other, a lane each.</summary>
    InTurn,

    /// <summary>All to one lane, so that they stay in the order in which they come.</summary>
    OneLane,

    /// <summary>Those of a split to the same lane in every run.</summary>
    BySplit,

    /// <summary>Rows of one key to one lane.</summary>
    ByKey,
}

/// <summary>Where the rows of a table come in. A table that a query names several times is read once, for several of these.</summary>
/// <param name="schema">The columns that the plan reads, by its names.</param>
/// <param name="input">The table.</param>
/// <param name="columns">Numbers of the columns among those of the input.</param>
public sealed class InputStage(Schema schema, StreamInput input, IReadOnlyList<int> columns) : StagePlan(schema, isChanges: false)
{
    public override string Name => "Input";

    public override string Details => $"{input.Table.Name} [{string.Join(", ", columns.Select(c => input.Columns[c]))}]{Dealing switch
    {
        InputDealing.OneLane => " in one lane",
        InputDealing.BySplit => " with a lane for each split",
        InputDealing.ByKey => $" dealt to lanes by {string.Join(", ", Keys.Select(k => input.Columns[k]))}",
        _ => "",
    }}";

    /// <summary>How batches come to lanes.</summary>
    public InputDealing Dealing { get; init; }

    /// <summary>For <see cref="InputDealing.ByKey"/>: numbers of the key among the columns of the input.</summary>
    public IReadOnlyList<int> Keys { get; init; } = [];

    /// <summary>The table.</summary>
    public StreamInput Input => input;

    public override StageOperator Open(StageContext context) => new Operator(Schema, columns, context);

    private sealed class Operator(Schema schema, IReadOnlyList<int> columns, StageContext context) : StageOperator
    {
        public override void Push(int input, RecordBatch rows)
            => context.Emit(new RecordBatch(schema, rows.Length, [.. columns.Select(c => rows[c].Share())]));
    }
}
