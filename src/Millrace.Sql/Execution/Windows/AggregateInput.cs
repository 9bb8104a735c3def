using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>The arguments of an aggregate in a block, and which rows count.</summary>
internal sealed class AggregateInput
{
    private readonly Column[] _arguments;
    private readonly bool[]? _counts;

    public AggregateInput(WindowAggregateColumn call, RecordBatch rows)
    {
        _arguments = [.. call.Arguments.Select(a => rows[a])];
        Column? nulls = call.SkipsNulls && _arguments.Length > 0 && _arguments[0].HasNulls ? _arguments[0] : null;
        var filter = call.Filter is { } f ? (BooleanColumn)rows[f] : null;
        if (nulls is null && filter is null)
        {
            return;
        }

        _counts = new bool[rows.Length];
        for (int row = 0; row < _counts.Length; row++)
        {
            _counts[row] = (nulls is null || !nulls.IsNull(row)) && (filter is null || (!filter.IsNull(row) && filter.Values[row]));
        }
    }

    public ReadOnlySpan<Column> Arguments => _arguments;

    public bool Counts(int row) => _counts is null || _counts[row];

    /// <summary>Adds each row to its group; rows of group -1 are left out.</summary>
    public void AddByGroup(Accumulator accumulator, int[] groups)
    {
        if (_counts is null && Array.IndexOf(groups, -1) < 0)
        {
            Vector[] all = Array.ConvertAll(_arguments, a => new Vector(a));
            accumulator.Update(groups, all, []);
            return;
        }

        var rows = new List<int>(groups.Length);
        var chosen = new List<int>(groups.Length);
        for (int row = 0; row < groups.Length; row++)
        {
            if (groups[row] >= 0 && Counts(row))
            {
                rows.Add(row);
                chosen.Add(groups[row]);
            }
        }

        Add(accumulator, rows, chosen);
    }

    /// <summary>Adds rows, which may repeat, to groups.</summary>
    public void Add(Accumulator accumulator, List<int> rows, List<int> groups)
    {
        var taken = new Vector[_arguments.Length];
        int made = 0;
        try
        {
            for (; made < taken.Length; made++)
            {
                taken[made] = new Vector(Take.Rows(_arguments[made], System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows)));
            }

            accumulator.Update(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(groups), taken, []);
        }
        finally
        {
            for (int i = 0; i < made; i++)
            {
                taken[i].Dispose();
            }
        }
    }
}
