using System.Runtime.CompilerServices;
using Millrace.Sql.Binding;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Planning;

/// <summary>
/// Finds parts of a plan that compute the same and lets them be computed once: common tables that are used twice, views,
/// equal subqueries. Parts are shared where they join, group or sort, and give no more rows than they read: keeping rows costs
/// about what reading a table anew does.
/// </summary>
internal sealed class SharePlans
{
    // Plans beyond that are not searched; their operators are compared with each other.
    private const int MaxOperators = 2_000;

    private readonly List<SharedPlan> _shared = [];

    /// <summary>The plan, with equal parts replaced by readers of one.</summary>
    public static LogicalPlan Apply(LogicalPlan plan)
    {
        var search = new SharePlans();
        plan = search.TakeCommonRows(plan);
        for (bool found = true; found;)
        {
            (plan, found) = search.ShareLargest(plan);
        }

        search.Prune(plan);
        return plan;
    }

    // Common tables that have to be computed once come shared. One that is read in a single place, or in a recursion, whose
    // parts run once a round, is put there.
    private LogicalPlan TakeCommonRows(LogicalPlan plan)
    {
        var uses = new Dictionary<SharedPlan, int>();
        Count(plan);
        return Settle(plan, isRepeated: false);

        void Count(LogicalPlan part)
        {
            if (part is LogicalShared reader)
            {
                uses[reader.Shared] = uses.GetValueOrDefault(reader.Shared) + 1;
                if (uses[reader.Shared] == 1)
                {
                    Count(reader.Shared.Plan);
                }
            }

            foreach (LogicalPlan input in part.Inputs)
            {
                Count(input);
            }
        }

        LogicalPlan Settle(LogicalPlan part, bool isRepeated)
        {
            StackGuard.Check(default);
            if (part is not LogicalShared reader)
            {
                return PlanTree.WithInputs(part, i => Settle(i, isRepeated || part is LogicalRecursion));
            }

            SharedPlan shared = reader.Shared;
            if (isRepeated || uses[shared] == 1)
            {
                return new LogicalProject(Settle(shared.Plan, isRepeated), [.. reader.Columns.Zip(reader.Sources, (column, source) => new Assignment(column, new BoundColumn(source)))]);
            }

            if (!_shared.Contains(shared))
            {
                shared.Plan = Settle(shared.Plan, isRepeated: false);
                shared.Number = _shared.Count + 1;
                _shared.Add(shared);
            }

            shared.Uses++;
            return reader;
        }
    }

    private (LogicalPlan Plan, bool Found) ShareLargest(LogicalPlan plan)
    {
        var candidates = new List<Candidate>();
        int operators = 0;
        foreach (LogicalPlan root in _shared.Select(s => s.Plan).Prepend(plan))
        {
            Collect(root, isWhole: true, candidates, ref operators);
        }

        if (operators > MaxOperators)
        {
            return (plan, false);
        }

        foreach (IGrouping<Shape, Candidate> alike in candidates.GroupBy(c => c.Shape).Where(g => g.Count() > 1).OrderByDescending(g => g.Key.Size))
        {
            LogicalPlan[] parts = [.. alike.Select(c => c.Plan)];
            for (int first = 0; first < parts.Length - 1; first++)
            {
                if (Share(parts.AsSpan(first)) is { } readers)
                {
                    foreach (SharedPlan each in _shared)
                    {
                        each.Plan = Replace(each.Plan, readers);
                    }

                    return (Replace(plan, readers), true);
                }
            }
        }

        return (plan, false);
    }

    // What the first part and those like it become; null if none is like it.
    private Dictionary<LogicalPlan, LogicalPlan>? Share(ReadOnlySpan<LogicalPlan> parts)
    {
        LogicalPlan merged = parts[0];
        var uses = new List<(LogicalPlan Plan, ColumnVariable[] Sources)> { (merged, [.. merged.Output]) };
        foreach (LogicalPlan part in parts[1..])
        {
            var merger = new PlanMerger();
            if (merger.Merge(merged, part) is { } both)
            {
                merged = both;
                uses = [.. uses.Select(u => (u.Plan, u.Sources.Select(merger.OfFirst).ToArray())), (part, [.. part.Output.Select(merger.OfSecond)])];
            }
        }

        if (uses.Count < 2)
        {
            return null;
        }

        var shared = new SharedPlan(_shared.Count + 1, merged) { Uses = uses.Count };
        _shared.Add(shared);
        var readers = new Dictionary<LogicalPlan, LogicalPlan>(ReferenceEqualityComparer.Instance);
        foreach ((LogicalPlan part, ColumnVariable[] sources) in uses)
        {
            readers[part] = new LogicalShared(shared, part.Output, sources);
        }

        return readers;
    }

    // Shared plans keep what their readers want, and what those of them that read others want comes out of that.
    private void Prune(LogicalPlan plan)
    {
        foreach (SharedPlan shared in _shared)
        {
            HashSet<ColumnVariable> wanted = [.. Readers(plan).Concat(_shared.SelectMany(s => Readers(s.Plan))).Where(r => r.Shared == shared).SelectMany(r => r.Sources)];
            shared.Plan = LogicalPlans.Select(shared.Plan, [.. shared.Plan.Output.Where(wanted.Contains)]);
        }
    }

    private static IEnumerable<LogicalShared> Readers(LogicalPlan plan)
        => plan is LogicalShared reader ? [reader] : plan.Inputs.SelectMany(Readers);

    private static LogicalPlan Replace(LogicalPlan plan, Dictionary<LogicalPlan, LogicalPlan> readers)
        => readers.TryGetValue(plan, out LogicalPlan? reader) ? reader : plan is LogicalRecursion ? plan : PlanTree.WithInputs(plan, i => Replace(i, readers));

    // What stands below a limit may never be read to its end. Parts of a recursion run once a round.
    private static Shape Collect(LogicalPlan plan, bool isWhole, List<Candidate> candidates, ref int operators)
    {
        StackGuard.Check(default);
        operators++;
        if (PlanMerger.Selection(plan) is { } selection)
        {
            return Collect(selection.Input, isWhole, candidates, ref operators);
        }

        var hash = new HashCode();
        hash.Add(plan.GetType());
        (int size, bool heavy) = (1, IsHeavy(plan));
        if (plan is not LogicalRecursion)
        {
            for (int i = 0; i < plan.Inputs.Count; i++)
            {
                Shape below = Collect(plan.Inputs[i], IsReadWhole(plan, i, isWhole), candidates, ref operators);
                hash.Add(below);
                size += below.Size;
                heavy |= below.IsHeavy;
            }
        }

        switch (plan)
        {
            case LogicalScan p:
                hash.Add(RuntimeHelpers.GetHashCode(p.Table));
                break;
            case LogicalJoin p:
                hash.Add(p.Kind);
                break;
            case LogicalAggregate p:
                hash.Add(p.Keys.Count);
                break;
        }

        var shape = new Shape(hash.ToHashCode(), size, heavy);
        if (heavy && isWhole && CanBeShared(plan))
        {
            candidates.Add(new Candidate(plan, shape));
        }

        return shape;
    }

    private static bool IsHeavy(LogicalPlan plan) => plan is LogicalAggregate or LogicalJoin or LogicalWindow or LogicalLatest or LogicalDistinctOn or LogicalTimeWindow { Kind: TimeWindowKind.Session };

    private static bool IsReadWhole(LogicalPlan plan, int input, bool isWhole) => plan switch
    {
        LogicalLimit => false,
        LogicalAggregate or LogicalSort or LogicalWindow or LogicalLatest => true,
        LogicalJoin => isWhole || input > 0,
        _ => isWhole,
    };

    private static bool CanBeShared(LogicalPlan plan)
        => plan is LogicalAggregate or LogicalJoin or LogicalWindow or LogicalLatest or LogicalDistinctOn or LogicalFilter or LogicalProject or LogicalLimit or LogicalTimeWindow { Kind: TimeWindowKind.Session }
            && !(Cardinality.Estimate(plan) is { } rows && rows > Read(plan));

    // Rows of the tables below; null when unknown, and then nothing is compared with it.
    private static double? Read(LogicalPlan plan)
        => plan.Inputs.Count == 0 || plan is LogicalSeries ? Cardinality.Estimate(plan) : plan.Inputs.Aggregate((double?)0, (sum, input) => sum + Read(input));

    private sealed record Candidate(LogicalPlan Plan, Shape Shape);

    /// <summary>What equal plans have in common, whatever their columns are called.</summary>
    private readonly record struct Shape(int Hash, int Size, bool IsHeavy);
}
