using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>
/// From logical plans to stages. A stage's columns are those of its plan's output in the same order. Each family of plans has
/// a file of its own; a plan that none of them takes is computed anew when its inputs change.
/// </summary>
internal sealed partial class StagePlanner(StreamInputs inputs, StreamSettings settings)
{
    private readonly List<string> _warnings = [];

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The stage of a whole query.</summary>
    public StagePlan PlanRoot(LogicalPlan plan)
    {
        StagePlan root = Plan(plan);
        if (settings.Emit != EmitMode.Final || !root.IsChanges)
        {
            return root;
        }

        if (inputs.All.Any(i => i.Table.IsUnbounded))
        {
            _warnings.Add("EMIT FINAL without a window that closes: the rows come only when the input ends.");
        }

        return new FinalStage(root);
    }

    private StagePlan Plan(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => PlanScan(scan),
        _ when IsByRow(plan) => PlanRows(plan),
        LogicalUnion union => new UnionStage(PhysicalPlanner.SchemaOf(plan), [.. union.Parts.Select(Plan)]),
        LogicalValues values => new ConstantStage(PhysicalPlanner.SchemaOf(plan), PhysicalPlanner.Plan(plan), LogicalPrinter.Describe(values)),
        LogicalSetOperation operation => Plan(SetOperations.AsJoin(operation)),
        LogicalAggregate aggregate => PlanWindows(aggregate) ?? PlanGroupAggregate(aggregate) ?? PlanRecompute(plan),
        LogicalTimeWindow sessions => PlanSessionRows(sessions) ?? PlanPartition(plan) ?? PlanRecompute(plan),
        LogicalJoin join => PlanJoin(join) ?? PlanRecompute(plan),

        LogicalLatest latest => PlanLatest(latest),

        LogicalWindow window => PlanBuffers(window) ?? PlanOver(window) ?? PlanPartition(plan)!,

        LogicalSort sort => PlanUnsorted(sort),
        _ => PlanFirst(plan) ?? PlanPartition(plan) ?? PlanRecompute(plan),
    };

    // Rows that are added and taken back over time have no order.
    private StagePlan PlanUnsorted(LogicalSort sort)
    {
        const string Warning = "ORDER BY without LIMIT does nothing here: rows that come over time are given as they come.";
        if (!_warnings.Contains(Warning))
        {
            _warnings.Add(Warning);
        }

        return Plan(sort.Input);
    }

    private InputStage PlanScan(LogicalScan scan, bool inOrder = false)
    {
        StreamInput input = inputs[scan.Table];
        string[] columns = [.. input.Columns];
        (InputDealing dealing, int[] keys) = DealingOf(input, inOrder);
        return new InputStage(PhysicalPlanner.SchemaOf(scan), input, [.. scan.Columns.Select(c => Array.IndexOf(columns, c.Name))]) { Dealing = dealing, Keys = keys };
    }

    private static bool IsByRow(LogicalPlan plan)
        => plan is LogicalFilter or LogicalProject or LogicalUnnest or LogicalSeries or LogicalTimeWindow { Kind: not TimeWindowKind.Session };

    // Plans that look at each row by itself are done in one go, down to the first one that does not.
    private StagePlan PlanRows(LogicalPlan plan)
    {
        var chain = new List<LogicalPlan>();
        LogicalPlan under = plan;
        for (; IsByRow(under); under = under.Inputs[0])
        {
            chain.Add(under);
        }

        StagePlan input = PlanBest(chain, ref under) ?? Plan(under);
        return chain.Count == 0 ? input : Rows(input, under, chain);
    }

    /// <summary>A stage that does a chain of plans, the last one first, over the rows of another.</summary>
    private static RowStage Rows(StagePlan input, LogicalPlan under, IReadOnlyList<LogicalPlan> chain)
    {
        ColumnVariable[] columns = input.IsChanges ? [.. under.Output, Weights.Variable] : [.. under.Output];
        using var placeholder = new MemoryTable("input", new Schema([.. columns.Select((c, i) => new Field($"{i}", c.Type, c.Nullable))]));
        LogicalPlan over = new LogicalScan(placeholder, [.. columns.Select((c, i) => new ScanColumn(c, $"{i}"))]);
        for (int i = chain.Count - 1; i >= 0; i--)
        {
            over = chain[i].WithInputs([over]);
            if (input.IsChanges && over is LogicalProject project)
            {
                over = project with { Columns = [.. project.Columns, new Assignment(Weights.Variable, new BoundColumn(Weights.Variable))] };
            }
        }

        IReadOnlyList<ColumnVariable> output = chain[0].Output;
        ColumnVariable[] all = input.IsChanges ? [.. output, Weights.Variable] : [.. output];
        if (!over.Output.SequenceEqual(all))
        {
            over = new LogicalProject(over, [.. all.Select(v => new Assignment(v, new BoundColumn(v)))]);
        }

        Schema schema = new(output.Select(v => v.ToField()));
        RowQuery rows = RowQuery.TryOf(over, input.IsChanges ? Weights.Append(schema) : schema)!;
        return new RowStage(schema, input, rows, string.Join(" ← ", chain.Select(LogicalPrinter.Describe)));
    }
}
