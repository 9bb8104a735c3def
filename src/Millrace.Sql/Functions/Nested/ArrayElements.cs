using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Elements of arrays: how many, which, and where. Null equals null, so a null can be looked for.</summary>
internal static class ArrayElements
{
    /// <summary>How many elements an array has, or entries a map.</summary>
    public static Column Count(in KernelCall call) => Rows.Fixed<int, CountRow>(call, new CountRow(call.List(0)));

    /// <summary>An element by number from 1, or from -1 at the end; null beyond the array.</summary>
    public static Column At(in KernelCall call)
    {
        ListArgument list = call.List(0);
        FixedArgument<long> number = call.Fixed<long>(1);
        using var picks = new ItemChoice(call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            int item = -1;
            if (!call.AnyNull(row))
            {
                (int start, int end) = list[row];
                long at = number[row];
                long index = at > 0 ? start + at - 1 : at < 0 ? end + at : -1;
                item = index >= start && index < end ? (int)index : -1;
            }

            picks.Add(item);
        }

        return picks.Take(call.Items(0));
    }

    public static Column Min(in KernelCall call) => Extreme(call, 1);

    public static Column Max(in KernelCall call) => Extreme(call, -1);

    public static Column Contains(in KernelCall call)
        => Rows.Boolean(call, new ContainsRow(call.List(0), call.Arguments[1], RowComparer.Create(call.Items(0), call.Arguments[1].Column)));

    /// <summary>The number of the first equal element; null if there is none.</summary>
    public static Column Position(in KernelCall call)
        => Rows.Fixed<int, PositionRow>(call, new PositionRow(call.List(0), call.Arguments[1], RowComparer.Create(call.Items(0), call.Arguments[1].Column)));

    private static int Find(ListArgument list, int row, RowComparer comparer, int other)
    {
        (int start, int end) = list[row];
        for (int item = start; item < end; item++)
        {
            if (comparer.Compare(item, other) == 0)
            {
                return item - start;
            }
        }

        return -1;
    }

    private static Column Extreme(in KernelCall call, int sign)
    {
        Column items = call.Items(0);
        RowComparer comparer = RowComparer.Create(items, items);
        ListArgument list = call.List(0);
        using var picks = new ItemChoice(call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            int best = -1;
            if (!call.AnyNull(row))
            {
                (int start, int end) = list[row];
                for (int item = start; item < end; item++)
                {
                    if (!items.IsNull(item) && (best < 0 || comparer.CompareValues(item, best) * sign < 0))
                    {
                        best = item;
                    }
                }
            }

            picks.Add(best);
        }

        return picks.Take(items);
    }

    private readonly ref struct CountRow(ListArgument list) : IFixedRow<int>
    {
        private readonly ListArgument _list = list;

        public bool TryValue(int row, out int value)
        {
            (int start, int end) = _list[row];
            value = end - start;
            return true;
        }
    }

    private readonly ref struct ContainsRow(ListArgument list, Vector value, RowComparer comparer) : IFixedRow<bool>
    {
        private readonly ListArgument _list = list;
        private readonly int _step = value.Step;
        private readonly RowComparer _comparer = comparer;

        public bool TryValue(int row, out bool value)
        {
            value = Find(_list, row, _comparer, row * _step) >= 0;
            return true;
        }
    }

    private readonly ref struct PositionRow(ListArgument list, Vector value, RowComparer comparer) : IFixedRow<int>
    {
        private readonly ListArgument _list = list;
        private readonly int _step = value.Step;
        private readonly RowComparer _comparer = comparer;

        public bool TryValue(int row, out int value)
        {
            value = Find(_list, row, _comparer, row * _step) + 1;
            return value > 0;
        }
    }
}
