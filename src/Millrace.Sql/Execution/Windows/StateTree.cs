using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>
/// A binary tree of states in the groups of an accumulator: group <c>leaves + i</c> is leaf i, group n is groups 2n and 2n + 1
/// together. A range of leaves is then few groups, in order. Groups from <c>2 * leaves</c> on are free for what is made of them.
/// </summary>
internal sealed class StateTree
{
    // States may hold all rows of their frames: few are put together between two looks at whether the query goes on.
    private const int StepMerges = 1024;

    private readonly Accumulator _accumulator;
    private readonly int _leaves;
    private readonly CancellationToken _cancellation;
    private readonly List<int> _from = [];
    private readonly List<int> _to = [];

    /// <param name="accumulator">Borrowed; has its leaves.</param>
    /// <param name="leaves">How many.</param>
    /// <param name="cancellation">Ends the query.</param>
    public StateTree(Accumulator accumulator, int leaves, CancellationToken cancellation)
    {
        _accumulator = accumulator;
        _leaves = leaves;
        _cancellation = cancellation;
        for (int node = leaves - 1; node >= 1; node--)
        {
            _from.Add(node * 2);
            _from.Add((node * 2) + 1);
            _to.Add(node);
            _to.Add(node);
        }

        Merge();
    }

    /// <summary>Notes that a range of leaves is added to a group.</summary>
    public void Add(int start, int end, int group)
    {
        Span<int> right = stackalloc int[64];
        int rights = 0;
        int low = start + _leaves;
        int high = end + _leaves;
        for (; low < high; low >>= 1, high >>= 1)
        {
            if ((low & 1) != 0)
            {
                _from.Add(low++);
            }

            if ((high & 1) != 0)
            {
                right[rights++] = --high;
            }
        }

        while (rights > 0)
        {
            _from.Add(right[--rights]);
        }

        while (_to.Count < _from.Count)
        {
            _to.Add(group);
        }
    }

    /// <summary>Adds what was noted, in its order: a state is whole before it is part of another.</summary>
    public void Merge()
    {
        ReadOnlySpan<int> from = CollectionsMarshal.AsSpan(_from);
        ReadOnlySpan<int> to = CollectionsMarshal.AsSpan(_to);
        for (int start = 0; start < from.Length; start += StepMerges)
        {
            _cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(StepMerges, from.Length - start);
            _accumulator.Merge(from.Slice(start, count), to.Slice(start, count));
        }

        _from.Clear();
        _to.Clear();
    }

    /// <summary>The states of ranges of leaves as columns, which the caller owns.</summary>
    public Column[] Export(List<(int Start, int End)> ranges)
    {
        int first = _leaves * 2;
        _accumulator.Resize(first + ranges.Count);
        _accumulator.Clear(first, ranges.Count);
        for (int i = 0; i < ranges.Count; i++)
        {
            Add(ranges[i].Start, ranges[i].End, first + i);
        }

        Merge();
        return _accumulator.Export(first, ranges.Count);
    }
}
