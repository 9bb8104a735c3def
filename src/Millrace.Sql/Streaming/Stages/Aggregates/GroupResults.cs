using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>What some groups say at a moment: the results of their aggregates, and which of them are there at all. Its owner disposes it.</summary>
internal sealed class GroupResults : IDisposable
{
    private readonly Column[] _columns;
    private readonly RowFaults _faults = new();
    private readonly HashSet<int> _faulty = [];

    public GroupResults(AggregatePlan plan, GroupStore groups, int[] numbers)
    {
        IsLive = Array.ConvertAll(numbers, groups.IsLive);
        _columns = new Column[plan.Calls.Count];
        int made = 0;
        try
        {
            for (; made < _columns.Length; made++)
            {
                _columns[made] = groups.States.Results(made, numbers, _faults);
            }
        }
        catch
        {
            Array.ForEach(_columns[..made], c => c.Dispose());
            throw;
        }

        foreach (RowFault fault in _faults.All)
        {
            _faulty.Add(fault.Row);
        }
    }

    private GroupResults() => (IsLive, _columns) = ([], []);

    /// <summary>For groups that were not there before.</summary>
    public static GroupResults None => new();

    /// <summary>Of each group whether it is there.</summary>
    public bool[] IsLive { get; }

    /// <summary>Reports rows that have no value now and had one before.</summary>
    public void ReportNew(QueryContext context, Schema schema, RecordBatch keys, GroupResults before)
    {
        if (!_faults.Any)
        {
            return;
        }

        var fresh = new RowFaults();
        foreach (RowFault fault in _faults.All)
        {
            if (IsLive[fault.Row] && !before._faulty.Contains(fault.Row))
            {
                fresh.Add(fault);
            }
        }

        if (fresh.Any)
        {
            using var rows = new RecordBatch(schema, keys.Length, [.. keys.Columns.Concat(_columns).Select(c => c.Share())]);
            FaultReport.Send(context, rows, fresh);
        }
    }

    /// <summary>What was before taken back and what is now added, where they differ; null if they do not. The caller owns it.</summary>
    /// <param name="stage">Says what the rows look like.</param>
    /// <param name="keys">Of the groups.</param>
    /// <param name="before">The same groups before.</param>
    /// <param name="now">The groups now.</param>
    public static RecordBatch? Difference(GroupAggregateStage stage, RecordBatch keys, GroupResults before, GroupResults now)
    {
        int count = keys.Length;
        bool[] equal = Equal(before, now, count);
        var rows = new List<int>();
        var groups = new List<int>();
        using var weights = new FixedBuilder<long>(DataType.Int64, count);
        for (int i = 0; i < count; i++)
        {
            bool was = before.Has(i);
            bool has = now.Has(i);
            if (was && !(has && equal[i]))
            {
                rows.Add(i);
                groups.Add(i);
                weights.Append(-1);
            }

            if (has && !(was && equal[i]))
            {
                rows.Add(count + i);
                groups.Add(i);
                weights.Append(1);
            }
        }

        if (rows.Count == 0)
        {
            return null;
        }

        int[] chosen = [.. rows];
        int[] chosenGroups = [.. groups];
        var columns = new List<Column>(keys.Columns.Select(k => Take.Rows(k, chosenGroups)));
        for (int i = 0; i < now._columns.Length; i++)
        {
            if (before._columns.Length == 0)
            {
                columns.Add(Take.Rows(now._columns[i], chosenGroups));
                continue;
            }

            using Column both = Concat.Columns([before._columns[i], now._columns[i]]);
            columns.Add(Take.Rows(both, chosen));
        }

        if (stage.IsChanges)
        {
            columns.Add(weights.Build());
        }

        return new RecordBatch(stage.BatchSchema, chosen.Length, [.. columns]);
    }

    public void Dispose() => Array.ForEach(_columns, c => c.Dispose());

    private bool Has(int row) => row < IsLive.Length && IsLive[row] && !_faulty.Contains(row);

    private static bool[] Equal(GroupResults before, GroupResults now, int count)
    {
        var equal = new bool[count];
        if (before.IsLive.Length > 0)
        {
            int[] rows = [.. Enumerable.Range(0, count)];
            RowEquality.Test(before._columns, rows, now._columns, rows, equal);
        }

        return equal;
    }
}
