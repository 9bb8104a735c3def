using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Two arrays, or an array and a value. Null equals null.</summary>
internal static class ArrayPairs
{
    /// <summary>The elements of both, one after the other; a null array counts as an empty one.</summary>
    public static Column Append(in KernelCall call) => Both(call, static (picker, a, b, _) =>
    {
        picker.PickRange(a.Start, a.End);
        picker.PickRange(b.Start, b.End);
    }, nullsCount: true);

    /// <summary>The elements that are not equal to the value.</summary>
    public static Column Remove(in KernelCall call)
    {
        using Column items = Concat.Columns([call.Items(0), call.Arguments[1].Column]);
        RowComparer comparer = RowComparer.Create(items, items);
        return Both(call, (picker, a, b, _) =>
        {
            for (int item = a.Start; item < a.End; item++)
            {
                if (comparer.Compare(item, b.Start) != 0)
                {
                    picker.Pick(item);
                }
            }
        }, nullsCount: false);
    }

    public static Column Union(in KernelCall call) => Both(call, static (picker, a, b, set) =>
    {
        set.Clear();
        PickNew(picker, a, set);
        PickNew(picker, b, set);
    }, nullsCount: false);

    public static Column Intersect(in KernelCall call) => Both(call, static (picker, a, b, set) => PickFound(picker, a, b, set, wanted: true), nullsCount: false);

    public static Column Except(in KernelCall call) => Both(call, static (picker, a, b, set) => PickFound(picker, a, b, set, wanted: false), nullsCount: false);

    /// <summary>Whether the arrays have an element in common.</summary>
    public static Column Overlap(in KernelCall call) => Test(call, all: false);

    /// <summary>Whether the first array has all elements of the second.</summary>
    public static Column HasAll(in KernelCall call) => Test(call, all: true);

    private delegate void RowPicker(ItemPicker picker, (int Start, int End) first, (int Start, int End) second, ItemSet set);

    private static Column Both(in KernelCall call, RowPicker pick, bool nullsCount)
    {
        using var pair = new Pair(call);
        var set = new ItemSet(pair.Items);
        using var picker = new ItemPicker(call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            bool valid = nullsCount ? !pair.IsNullList(call, 0, row) || !pair.IsNullList(call, 1, row) : !call.AnyNull(row);
            if (valid)
            {
                pick(picker, pair.Range(call, 0, row), pair.Range(call, 1, row), set);
            }

            picker.EndRow(valid);
        }

        return picker.Build(call.Type, pair.Items);
    }

    private static Column Test(in KernelCall call, bool all)
    {
        using var pair = new Pair(call);
        var set = new ItemSet(pair.Items);
        using var result = new BooleanBuilder(call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            if (call.AnyNull(row))
            {
                result.AppendNull();
                continue;
            }

            set.Clear();
            (int start, int end) = pair.Range(call, 0, row);
            for (int item = start; item < end; item++)
            {
                set.Add(item);
            }

            (start, end) = pair.Range(call, 1, row);
            bool holds = all;
            for (int item = start; item < end && holds == all; item++)
            {
                holds = set.Contains(item);
            }

            result.Append(holds);
        }

        return result.Build();
    }

    private static void PickNew(ItemPicker picker, (int Start, int End) items, ItemSet set)
    {
        for (int item = items.Start; item < items.End; item++)
        {
            if (set.Add(item))
            {
                picker.Pick(item);
            }
        }
    }

    // Each value once. A value that is picked is put among those that are not wanted again.
    private static void PickFound(ItemPicker picker, (int Start, int End) first, (int Start, int End) second, ItemSet set, bool wanted)
    {
        set.Clear();
        for (int item = second.Start; item < second.End; item++)
        {
            set.Add(item);
        }

        for (int item = first.Start; item < first.End; item++)
        {
            bool found = wanted ? set.Remove(item) : set.Add(item);
            if (found)
            {
                picker.Pick(item);
            }
        }
    }

    /// <summary>The items of both arguments in one column; a value that is no array counts as an array of one.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly bool[] _isList = new bool[2];
        private readonly int[] _start = new int[2];

        public Pair(in KernelCall call)
        {
            var parts = new Column[2];
            DataType list = call.Type.Id == TypeId.List ? call.Type : call.Arguments[0].Type;
            for (int i = 0; i < 2; i++)
            {
                _isList[i] = call.Arguments[i].Type.Id == TypeId.List && call.Arguments[i].Type.Element.Type.Equals(list.Element.Type);
                parts[i] = _isList[i] ? call.Items(i) : call.Arguments[i].Column;
            }

            _start[1] = parts[0].Length;
            Items = Concat.Columns(parts);
        }

        public Column Items { get; }

        public bool IsNullList(in KernelCall call, int argument, int row) => _isList[argument] && call.Arguments[argument].IsNull(row);

        public (int Start, int End) Range(in KernelCall call, int argument, int row)
        {
            int at = row * call.Arguments[argument].Step;
            int first = _start[argument];
            if (!_isList[argument])
            {
                return (first + at, first + at + 1);
            }

            ReadOnlySpan<int> offsets = ((ListColumn)call.Arguments[argument].Column).Offsets;
            return call.Arguments[argument].IsNull(row) ? (first, first) : (first + offsets[at], first + offsets[at + 1]);
        }

        public void Dispose() => Items.Dispose();
    }
}
