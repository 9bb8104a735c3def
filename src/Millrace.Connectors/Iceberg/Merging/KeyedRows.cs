using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Iceberg;

/// <summary>Staged rows by key: of several rows with one key the last that arrived counts. Borrows the rows; one thread uses it.</summary>
internal sealed class KeyedRows : IDisposable
{
    private const int None = -1;

    private KeyedRows(StagedRows rows, KeyTable keys, int[] batchOf, int[] rowOf, int[] last)
    {
        Rows = rows;
        Keys = keys;
        BatchOf = batchOf;
        RowOf = rowOf;
        Last = last;
        IsGone = new bool[keys.Count];
        RowOps[] ops = [.. rows.Batches.Select(StagedRows.OpsOf)];
        Ops = ops;
        for (int group = 0; group < last.Length; group++)
        {
            IsGone[group] = ops[batchOf[last[group]]].IsDeleted(rowOf[last[group]]);
        }

        if (ops.Any(o => o.Unchanged is { } lists && lists.NullCount < lists.Length))
        {
            Previous = PreviousOf(keys);
            LeftOut = [.. Enumerable.Range(0, rows.Count).SelectMany(i => ops[batchOf[i]].LeftOut(rowOf[i])).Distinct(StringComparer.Ordinal)];
        }
    }

    public StagedRows Rows { get; }

    public KeyTable Keys { get; }

    /// <summary>The number of the batch of each row, and its number in there.</summary>
    public int[] BatchOf { get; }

    public int[] RowOf { get; }

    /// <summary>The last row of each key.</summary>
    public int[] Last { get; }

    /// <summary>Whether the last row of each key says that it is gone.</summary>
    public bool[] IsGone { get; }

    public IReadOnlyList<RowOps> Ops { get; }

    /// <summary>The row with the same key before each row, -1 for none; null where every row is whole.</summary>
    public int[]? Previous { get; }

    /// <summary>Columns whose values some rows leave out.</summary>
    public IReadOnlyList<string> LeftOut { get; } = [];

    /// <param name="rows">At least one; borrowed.</param>
    /// <param name="key">Places of the key columns.</param>
    public static KeyedRows Of(StagedRows rows, int[] key)
    {
        var parts = new List<RecordBatch>(rows.Batches.Count);
        try
        {
            parts.AddRange(rows.Batches.Select(b => b.Select(key)));
            var keys = new KeyTable(Concat.Batches(parts));
            int[] batchOf = new int[rows.Count];
            int[] rowOf = new int[rows.Count];
            int at = 0;
            for (int batch = 0; batch < parts.Count; batch++)
            {
                for (int row = 0; row < parts[batch].Length; row++, at++)
                {
                    batchOf[at] = batch;
                    rowOf[at] = row;
                }
            }

            int[] last = new int[keys.Count];
            for (int row = 0; row < keys.GroupOf.Length; row++)
            {
                last[keys.GroupOf[row]] = row;
            }

            return new KeyedRows(rows, keys, batchOf, rowOf, last);
        }
        finally
        {
            parts.ForEach(p => p.Dispose());
        }
    }

    /// <summary>The keys whose rows are there in the end, in the order in which these arrived.</summary>
    public List<int> Kept()
    {
        var kept = new List<int>(Keys.Count);
        ReadOnlySpan<int> groups = Keys.GroupOf;
        for (int row = 0; row < groups.Length; row++)
        {
            if (Last[groups[row]] == row && !IsGone[groups[row]])
            {
                kept.Add(groups[row]);
            }
        }

        return kept;
    }

    public bool IsDeleted(int row) => Ops[BatchOf[row]].IsDeleted(RowOf[row]);

    public bool LeavesOut(int row) => Ops[BatchOf[row]].LeavesOut(RowOf[row]);

    public bool LeavesOut(int row, string column) => Ops[BatchOf[row]].LeftOut(RowOf[row]).Contains(column, StringComparer.Ordinal);

    public void Dispose() => Keys.Dispose();

    private static int[] PreviousOf(KeyTable keys)
    {
        int[] latest = new int[keys.Count];
        latest.AsSpan().Fill(None);
        int[] previous = new int[keys.GroupOf.Length];
        for (int row = 0; row < previous.Length; row++)
        {
            int group = keys.GroupOf[row];
            previous[row] = latest[group];
            latest[group] = row;
        }

        return previous;
    }
}
