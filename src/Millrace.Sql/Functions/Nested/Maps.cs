using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Maps and structs.</summary>
internal static class Maps
{
    /// <summary><c>map(keys, values)</c>: of two arrays of one length. Keys are not null and stand once.</summary>
    public static Column Make(in KernelCall call)
    {
        Column keys = call.Items(0);
        var set = new ItemSet(keys);
        ListArgument keyLists = call.List(0);
        ListArgument valueLists = call.List(1);
        using var picker = new ItemPicker(call.Rows);
        using var values = new FixedBuilder<int>(DataType.Int32, call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            bool valid = !call.AnyNull(row);
            if (valid)
            {
                (int start, int end) = keyLists[row];
                (int valueStart, int valueEnd) = valueLists[row];
                string? problem = end - start == valueEnd - valueStart ? null : $"map: {end - start} keys and {valueEnd - valueStart} values do not go in pairs.";
                set.Clear();
                for (int key = start; key < end && problem is null; key++)
                {
                    problem = keys.IsNull(key) ? "map: a key is null." : !set.Add(key) ? "map: a key stands twice." : null;
                }

                if (problem is not null)
                {
                    call.Faults.Add(row, FunctionErrors.ArgumentCode, problem);
                    valid = false;
                }
                else
                {
                    picker.PickRange(start, end);
                    Span<int> target = values.AppendUninitialized(end - start);
                    for (int i = 0; i < target.Length; i++)
                    {
                        target[i] = valueStart + i;
                    }
                }
            }

            picker.EndRow(valid);
        }

        return picker.BuildMap(call.Type, keys, values.Values, call.Items(1));
    }

    /// <summary>The value of a key; null without it.</summary>
    public static Column At(in KernelCall call)
    {
        var entries = (StructColumn)call.Items(0);
        RowComparer comparer = RowComparer.Create(entries.Fields[0], call.Arguments[1].Column);
        ListArgument map = call.List(0);
        using var picks = new ItemChoice(call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            picks.Add(call.AnyNull(row) ? -1 : Find(map, row, comparer, row * call.Arguments[1].Step));
        }

        return picks.Take(entries.Fields[1]);
    }

    public static Column ContainsKey(in KernelCall call)
    {
        var entries = (StructColumn)call.Items(0);
        return Rows.Boolean(call, new ContainsKeyRow(call.List(0), call.Arguments[1].Step, RowComparer.Create(entries.Fields[0], call.Arguments[1].Column)));
    }

    public static Column Keys(in KernelCall call) => Part(call, entries => entries.Fields[0]);

    public static Column Values(in KernelCall call) => Part(call, entries => entries.Fields[1]);

    public static Column Entries(in KernelCall call) => Part(call, entries => entries);

    private static int Find(ListArgument map, int row, RowComparer comparer, int key)
    {
        (int start, int end) = map[row];
        for (int entry = start; entry < end; entry++)
        {
            if (comparer.Compare(entry, key) == 0)
            {
                return entry;
            }
        }

        return -1;
    }

    private static Column Part(in KernelCall call, Func<StructColumn, Column> part)
    {
        ListArgument map = call.List(0);
        using var picker = new ItemPicker(call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            bool valid = !call.AnyNull(row);
            if (valid)
            {
                (int start, int end) = map[row];
                picker.PickRange(start, end);
            }

            picker.EndRow(valid);
        }

        return picker.Build(call.Type, part((StructColumn)call.Items(0)));
    }

    private readonly ref struct ContainsKeyRow(ListArgument map, int step, RowComparer comparer) : IFixedRow<bool>
    {
        private readonly ListArgument _map = map;
        private readonly int _step = step;
        private readonly RowComparer _comparer = comparer;

        public bool TryValue(int row, out bool value)
        {
            value = Find(_map, row, _comparer, row * _step) >= 0;
            return true;
        }
    }
}
