using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>A step of a changelog: a row that comes, one that goes, or one that takes the place of another of the same key.</summary>
/// <param name="Before">Number of the row that goes; -1 for none.</param>
/// <param name="After">Number of the row that comes; -1 for none.</param>
internal readonly record struct ChangeStep(int Before, int After)
{
    public const int None = -1;
}

/// <summary>The steps that changes stand for. One thread uses it.</summary>
internal static class ChangeOrder
{
    /// <summary>Finds them: the old and new row of a key, and keys in the order in which they first appear.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="weights">How often each counts.</param>
    /// <param name="key">Numbers of the columns of the key; null where none is known, then nothing takes the place of anything.</param>
    public static List<ChangeStep> Of(RecordBatch rows, ReadOnlySpan<long> weights, IReadOnlyList<int>? key)
    {
        var steps = new List<ChangeStep>(rows.Length);
        if (key is null)
        {
            for (int row = 0; row < rows.Length; row++)
            {
                Add(steps, row, weights[row]);
            }

            return steps;
        }

        using GroupTable table = GroupTable.Create([.. key.Select(k => rows.Schema[k].Type)]);
        int[] groups = new int[rows.Length];
        Column[] keys = [.. key.Select(k => rows[k])];
        table.Find(keys, rows.Length, groups);
        int[] order = [.. Enumerable.Range(0, rows.Length)];

        // What a key loses comes before what it gets.
        long[] signs = [.. weights];
        Array.Sort(order, (a, b) => groups[a] != groups[b] ? groups[a].CompareTo(groups[b])
            : signs[a] < 0 != signs[b] < 0 ? (signs[a] < 0 ? -1 : 1)
            : a.CompareTo(b));
        for (int i = 0; i < order.Length;)
        {
            int end = i + 1;
            while (end < order.Length && groups[order[end]] == groups[order[i]])
            {
                end++;
            }

            AddKey(steps, order.AsSpan(i, end - i), signs);
            i = end;
        }

        return steps;
    }

    /// <summary>Changes in which equal rows are one and none counts zero; the caller owns the batch. Null where nothing is left.</summary>
    public static RecordBatch? Fold(Schema schema, IReadOnlyList<RecordBatch> changes, out long[] weights)
    {
        using var bag = new RowBag(schema);
        foreach (RecordBatch batch in changes)
        {
            using RecordBatch rows = Weights.Strip(batch);
            bag.Add(rows, Weights.Of(batch));
        }

        var left = new List<RecordBatch>();
        var counts = new List<long>();
        foreach ((RecordBatch rows, long[] each) in bag.Read())
        {
            left.Add(rows);
            counts.AddRange(each);
        }

        weights = [.. counts];
        if (left.Count == 0)
        {
            return null;
        }

        RecordBatch all = Concat.Batches(left);
        left.ForEach(b => b.Dispose());
        return all;
    }

    private static void AddKey(List<ChangeStep> steps, ReadOnlySpan<int> rows, long[] weights)
    {
        var old = new List<int>();
        var now = new List<int>();
        foreach (int row in rows)
        {
            for (long i = Math.Abs(weights[row]); i > 0; i--)
            {
                (weights[row] < 0 ? old : now).Add(row);
            }
        }

        // Of a key that is one, the last of each side are its old and new row.
        for (int i = 0; i < Math.Max(old.Count, now.Count); i++)
        {
            steps.Add(new ChangeStep(i < old.Count ? old[i] : ChangeStep.None, i < now.Count ? now[i] : ChangeStep.None));
        }
    }

    private static void Add(List<ChangeStep> steps, int row, long weight)
    {
        ChangeStep step = weight < 0 ? new ChangeStep(row, ChangeStep.None) : new ChangeStep(ChangeStep.None, row);
        for (long i = Math.Abs(weight); i > 0; i--)
        {
            steps.Add(step);
        }
    }
}
