using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Rows sorted by keys and time: a hash table finds the group of a key, a binary search the row in it. Immutable.</summary>
internal sealed class AsOfTable : IDisposable
{
    private readonly JoinTable _groups;
    private readonly int[] _starts;
    private readonly int[] _ends;

    /// <param name="rows">Taken over; the last is a row of nulls.</param>
    /// <param name="node">Keys and time.</param>
    public AsOfTable(RecordBatch rows, AsOfBuildNode node)
    {
        Rows = rows;
        Count = rows.Length - 1;
        bool[] same = AdjacentRows.AreEqual([.. node.Keys.Select(k => rows[k])], rows.Length);
        Column time = rows[node.Time.Right];
        var starts = new List<int>();
        var ends = new List<int>();
        for (int row = 0; row < Count; row++)
        {
            if (row == 0 || (!same[row] && node.Keys.Count > 0))
            {
                starts.Add(row);
                ends.Add(row);
            }

            // Rows without a time stand last and match nothing.
            ends[^1] += time.IsNull(row) ? 0 : 1;
        }

        (_starts, _ends) = ([.. starts], [.. ends]);
        _groups = new JoinTable(Take.Rows(rows, _starts), _starts.Length, node.Keys, node.NullsMatch, seed: 0);
    }

    public RecordBatch Rows { get; }

    /// <summary>Rows that can match.</summary>
    public int Count { get; }

    public int NullRow => Count;

    /// <summary>The first row of each group, by the keys.</summary>
    public JoinTable Groups => _groups;

    public int Start(int group) => _starts[group];

    /// <summary>Behind the last row of a group that has a time.</summary>
    public int End(int group) => _ends[group];

    public void Dispose()
    {
        _groups.Dispose();
        Rows.Dispose();
    }
}
