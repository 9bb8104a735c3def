using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Keys of a table whose first key is the number of a group, to be read group by group. One thread uses it.</summary>
internal sealed unsafe class GroupedKeys : IDisposable
{
    private readonly GrowingArray<int> _starts = new();
    private readonly GrowingArray<int> _order = new();

    /// <param name="keys">Columns of the keys, taken over; the first is of whole numbers below <paramref name="groups"/>.</param>
    /// <param name="groups">How many groups there are.</param>
    public GroupedKeys(Column[] keys, int groups)
    {
        Keys = keys;
        ReadOnlySpan<int> numbers = ((FixedColumn<int>)keys[0]).Values;
        _starts.Resize(groups + 2);
        _order.Resize(numbers.Length);
        int* starts = _starts.Pointer;
        foreach (int group in numbers)
        {
            starts[group + 2]++;
        }

        for (int group = 2; group <= groups; group++)
        {
            starts[group] += starts[group - 1];
        }

        for (int row = 0; row < numbers.Length; row++)
        {
            _order.Pointer[starts[numbers[row] + 1]++] = row;
        }
    }

    public Column[] Keys { get; }

    /// <summary>The rows of some groups, group by group, in the order in which they came.</summary>
    public ReadOnlySpan<int> Rows(int start, int count) => new(_order.Pointer + _starts.Pointer[start], _starts.Pointer[start + count] - _starts.Pointer[start]);

    /// <summary>Where the rows of each of these groups begin among them, and the end; the caller owns it.</summary>
    public NativeBuffer Offsets(int start, int count)
    {
        NativeBuffer offsets = BufferPool.Rent((count + 1) * sizeof(int));
        for (int i = 0; i <= count; i++)
        {
            ((int*)offsets.Pointer)[i] = _starts.Pointer[start + i] - _starts.Pointer[start];
        }

        return offsets;
    }

    public void Dispose()
    {
        Array.ForEach(Keys, k => k.Dispose());
        _starts.Dispose();
        _order.Dispose();
    }
}
