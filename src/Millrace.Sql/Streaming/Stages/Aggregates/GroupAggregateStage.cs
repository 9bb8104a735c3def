using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>
/// A row for each group, brought up to date with the rows that come: what a group's row was is taken back, what it is now is
/// added, once a round. A group that has lost all its rows is gone. Its input has the keys in front.
/// </summary>
internal sealed class GroupAggregateStage : StagePlan
{
    public const string Groups = "groups";

    private readonly string _details;

    /// <param name="schema">Columns of the result: keys and aggregates.</param>
    /// <param name="input">Rows with the keys as their first columns.</param>
    /// <param name="aggregates">What is computed, over the input's columns.</param>
    /// <param name="values">Calls that are told of values, not of rows.</param>
    /// <param name="layout">Where the columns stand.</param>
    /// <param name="details">As <c>EXPLAIN</c> shows it.</param>
    public GroupAggregateStage(Schema schema, StagePlan input, AggregatePlan aggregates, IReadOnlyList<ValueCall> values, Layout layout, string details)
        : base(schema, input.IsChanges || aggregates.Calls.Count > 0, new StageInput(input, Exchange.By([.. Enumerable.Range(0, aggregates.Keys)])))
    {
        (Aggregates, Values, Layout, _details) = (aggregates, values, layout, details);
        int[] keys = [.. Enumerable.Range(0, aggregates.Keys)];
        Schema stored = new([
            .. aggregates.StateSchema.Fields,
            new Field("rows", DataType.Int64),
            new Field("used", DataType.Int64)]);
        State = [new StateTable(Groups, stored, keys, keys), .. values.Select(v => GroupValues.TableOf(v, aggregates))];
    }

    public override string Name => "Aggregate";

    public override string Details => _details;

    public override bool GrowsWithInput => Aggregates.Keys > 0;

    public override IReadOnlyList<StateTable> State { get; }

    internal AggregatePlan Aggregates { get; }

    internal IReadOnlyList<ValueCall> Values { get; }

    internal Layout Layout { get; }

    /// <summary>Makes the groups that are there without rows, as rows of keys; null for none. Without keys it is the one group.</summary>
    internal Func<RecordBatch>? Always { get; init; }

    public override StageOperator Open(StageContext context) => new GroupAggregateOperator(this, context);
}
