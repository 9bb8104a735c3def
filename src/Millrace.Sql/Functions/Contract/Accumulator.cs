using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// The state of one aggregate for many groups, in arrays by group number. One thread uses it. States can be taken out as
/// columns and put into another accumulator, which is how lanes are merged, state is spilled, kept in checkpoints and
/// put together from panes.
/// </summary>
public abstract class Accumulator : IDisposable
{
    /// <summary>Type of the result.</summary>
    public abstract DataType Type { get; }

    /// <summary>Types of the columns that <see cref="Export(int, int)"/> gives.</summary>
    public abstract IReadOnlyList<DataType> StateTypes { get; }

    /// <summary>Whether <see cref="Update"/> understands negative weights, which take a row back.</summary>
    public virtual bool Retracts => false;

    /// <summary>Whether its state is made of the rows themselves, so that it grows with them and any change costs as much as all.</summary>
    public virtual bool KeepsRows => false;

    /// <summary>Bytes that the state takes, about.</summary>
    public abstract long ByteSize { get; }

    /// <summary>Makes groups up to <paramref name="groups"/> exist; new ones are empty.</summary>
    public abstract void Resize(int groups);

    /// <summary>Adds rows.</summary>
    /// <param name="groups">The group of each row.</param>
    /// <param name="arguments">The arguments; their rows go with <paramref name="groups"/>, constants have one row.</param>
    /// <param name="weights">How often each row counts; empty for once.</param>
    public abstract void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights);

    /// <summary>Adds all rows to one group: the same as <see cref="Update"/> with equal groups, made for whole inputs and frames.</summary>
    public virtual void UpdateOne(int group, int rows, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        int[] groups = System.Buffers.ArrayPool<int>.Shared.Rent(rows);
        try
        {
            groups.AsSpan(0, rows).Fill(group);
            Update(groups.AsSpan(0, rows), arguments, weights);
        }
        finally
        {
            System.Buffers.ArrayPool<int>.Shared.Return(groups);
        }
    }

    /// <summary>The results of some groups, in their order. The caller owns the column; the state stays.</summary>
    /// <param name="start">First group.</param>
    /// <param name="count">Groups.</param>
    /// <param name="faults">Gets the groups that have no result, such as a sum that is too large; numbered from 0 at <paramref name="start"/>.</param>
    public abstract Column Results(int start, int count, RowFaults faults);

    /// <summary>The results of any groups, in the order given; faults are numbered in it.</summary>
    public virtual Column Results(ReadOnlySpan<int> groups, RowFaults faults)
    {
        var parts = new List<Column>();
        var some = new RowFaults { Span = faults.Span };
        try
        {
            for (int i = 0, count; i < groups.Length; i += count)
            {
                count = RunLength(groups[i..]);
                parts.Add(Results(groups[i], count, some));
                foreach (RowFault fault in some.All)
                {
                    faults.Add(fault with { Row = fault.Row + i });
                }

                some.Clear();
            }

            return Concat.Columns(parts);
        }
        finally
        {
            parts.ForEach(c => c.Dispose());
        }
    }

    /// <summary>The states of some groups as columns of <see cref="StateTypes"/>. The caller owns them.</summary>
    public abstract Column[] Export(int start, int count);

    /// <summary>The states of any groups, in the order given.</summary>
    public virtual Column[] Export(ReadOnlySpan<int> groups)
    {
        var parts = new List<Column[]>();
        try
        {
            for (int i = 0, count; i < groups.Length; i += count)
            {
                count = RunLength(groups[i..]);
                parts.Add(Export(groups[i], count));
            }

            return [.. Enumerable.Range(0, StateTypes.Count).Select(column => Concat.Columns([.. parts.Select(p => p[column])]))];
        }
        finally
        {
            parts.ForEach(part => Array.ForEach(part, c => c.Dispose()));
        }
    }

    /// <summary>Adds states to groups: state i to group <c>groups[i]</c>.</summary>
    public abstract void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups);

    /// <summary>
    /// Adds groups of this accumulator to others of it: <c>from[i]</c> behind what <c>to[i]</c> has. Pairs are done in order, so
    /// what was added to can be added to others later: running results and trees of states are made in one call.
    /// </summary>
    public virtual void Merge(ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            Column[] state = Export(from[i], 1);
            try
            {
                Import(state, to.Slice(i, 1));
            }
            finally
            {
                Array.ForEach(state, c => c.Dispose());
            }
        }
    }

    /// <summary>Makes some groups empty again, for reuse.</summary>
    public abstract void Clear(int start, int count);

    public abstract void Dispose();

    // How many numbers at the beginning follow each other.
    private static int RunLength(ReadOnlySpan<int> groups)
    {
        int count = 1;
        while (count < groups.Length && groups[count] == groups[count - 1] + 1)
        {
            count++;
        }

        return count;
    }
}
