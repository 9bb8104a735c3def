using System.Text;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Arrays made of the elements of an array.</summary>
internal static class ArrayChanges
{
    /// <summary>The elements from one number to another; a null bound is open, negative numbers count from the end.</summary>
    public static Column Slice(in KernelCall call)
    {
        ListArgument list = call.List(0);
        FixedArgument<long> from = call.Fixed<long>(1);
        FixedArgument<long> to = call.Fixed<long>(2);
        using var picker = new ItemPicker(call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            bool valid = !call.Arguments[0].IsNull(row);
            if (valid)
            {
                (int start, int end) = list[row];
                int count = end - start;
                long first = call.Arguments[1].IsNull(row) ? 1 : FromStart(from[row], count);
                long last = call.Arguments[2].IsNull(row) ? count : FromStart(to[row], count);
                first = Math.Max(first, 1);
                last = Math.Min(last, count);
                if (first <= last)
                {
                    picker.PickRange(start + (int)first - 1, start + (int)last);
                }
            }

            picker.EndRow(valid);
        }

        return picker.Build(call.Type, call.Items(0));
    }

    public static Column Reverse(in KernelCall call) => Each(call, static (picker, start, end, _) =>
    {
        for (int item = end - 1; item >= start; item--)
        {
            picker.Pick(item);
        }
    });

    public static Column WithoutNulls(in KernelCall call) => Each(call, static (picker, start, end, items) =>
    {
        for (int item = start; item < end; item++)
        {
            if (!items.IsNull(item))
            {
                picker.Pick(item);
            }
        }
    });

    /// <summary>Every value once, where it first stands.</summary>
    public static Column Distinct(in KernelCall call)
    {
        var set = new ItemSet(call.Items(0));
        return Each(call, (picker, start, end, _) =>
        {
            set.Clear();
            for (int item = start; item < end; item++)
            {
                if (set.Add(item))
                {
                    picker.Pick(item);
                }
            }
        });
    }

    /// <summary>In order; ascending with nulls at the end, unless <c>'desc'</c> or <c>'nulls first'</c> is given.</summary>
    public static ScalarKernel Sort(bool descending) => (in KernelCall call) =>
    {
        RowComparer comparer = RowComparer.Create(call.Items(0), call.Items(0));
        Column items = call.Items(0);
        TextArgument? order = call.Has(1) ? call.Text(1) : null;
        TextArgument? nulls = call.Has(2) ? call.Text(2) : null;
        ListArgument list = call.List(0);
        using var picker = new ItemPicker(call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            bool down = false;
            bool nullsFirst = false;
            bool valid = !call.AnyNull(row) && TryOrder(order, nulls, row, descending, call.Faults, out down, out nullsFirst);
            if (valid)
            {
                (int start, int end) = list[row];
                picker.PickRange(start, end);
                picker.Open.Sort((x, y) =>
                {
                    bool xNull = items.IsNull(x);
                    bool yNull = items.IsNull(y);
                    int compared = xNull || yNull ? (xNull == yNull ? 0 : xNull == nullsFirst ? -1 : 1) : down ? comparer.CompareValues(y, x) : comparer.CompareValues(x, y);
                    return compared != 0 ? compared : x.CompareTo(y);
                });
            }

            picker.EndRow(valid);
        }

        return picker.Build(call.Type, items);
    };

    /// <summary>The elements of the arrays in an array; null arrays have none.</summary>
    public static Column Flatten(in KernelCall call)
    {
        var inner = (ListColumn)call.Items(0);
        ListArgument list = call.List(0);
        using var picker = new ItemPicker(call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            bool valid = !call.Arguments[0].IsNull(row);
            if (valid)
            {
                (int start, int end) = list[row];
                for (int item = start; item < end; item++)
                {
                    if (!inner.IsNull(item))
                    {
                        picker.PickRange(inner.Offsets[item], inner.Offsets[item + 1]);
                    }
                }
            }

            picker.EndRow(valid);
        }

        return picker.Build(call.Type, inner.Items);
    }

    private delegate void RowPicker(ItemPicker picker, int start, int end, Column items);

    private static Column Each(in KernelCall call, RowPicker pick)
    {
        ListArgument list = call.List(0);
        Column items = call.Items(0);
        using var picker = new ItemPicker(call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            bool valid = !call.AnyNull(row);
            if (valid)
            {
                (int start, int end) = list[row];
                pick(picker, start, end, items);
            }

            picker.EndRow(valid);
        }

        return picker.Build(call.Type, items);
    }

    private static long FromStart(long number, int count) => number < 0 ? Math.Max(0, count + number + 1) : number;

    private static bool TryOrder(TextArgument? order, TextArgument? nulls, int row, bool descending, RowFaults faults, out bool down, out bool nullsFirst)
    {
        down = descending;
        nullsFirst = descending;
        if (order is { } given)
        {
            ReadOnlySpan<byte> word = given[row];
            bool isDown = Ascii.EqualsIgnoreCase(word, "desc"u8);
            if (!isDown && !Ascii.EqualsIgnoreCase(word, "asc"u8))
            {
                faults.Add(row, FunctionErrors.ArgumentCode, $"array_sort: {FunctionErrors.Show(word)} is not an order; there are asc and desc.");
                return false;
            }

            (down, nullsFirst) = (isDown, isDown);
        }

        if (nulls is { } place)
        {
            ReadOnlySpan<byte> word = place[row];
            nullsFirst = Ascii.EqualsIgnoreCase(word, "nulls first"u8);
            if (!nullsFirst && !Ascii.EqualsIgnoreCase(word, "nulls last"u8))
            {
                faults.Add(row, FunctionErrors.ArgumentCode, $"array_sort: {FunctionErrors.Show(word)} is not a place for nulls; there are nulls first and nulls last.");
                return false;
            }
        }

        return true;
    }
}
