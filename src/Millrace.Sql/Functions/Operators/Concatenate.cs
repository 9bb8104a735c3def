using Millrace.Columnar;
using Millrace.Sql.Execution;
using static Millrace.Sql.Functions.Overload;

namespace Millrace.Sql.Functions;

/// <summary>The operator <c>||</c>.</summary>
internal static class Concatenate
{
    private static readonly TypePattern Element = TypePattern.Variable("T");
    private static readonly TypePattern Elements = TypePattern.Array(Element);

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        new ScalarFunction("||", FunctionCategory.Text, "Texts, bytes or arrays one after the other; a single value can stand beside an array.",
        [
            Of(Bytes, DataType.Utf8, DataType.Utf8, DataType.Utf8),
            Of(Bytes, DataType.Binary, DataType.Binary, DataType.Binary),
            Of(Lists, Elements, Elements, Elements) with { SeesNulls = true },
            Of(Lists, Elements, Elements, Element) with { SeesNulls = true },
            Of(Lists, Elements, Element, Elements) with { SeesNulls = true },
        ])
        {
            Examples = [new("'mill' || 'race'", "millrace"), new("'a' || 1", "a1"), new("array[1, 2] || 3", "[1,2,3]")],
        },
    ];

    private static Column Bytes(in KernelCall call)
    {
        var left = (BinaryColumn)call.Arguments[0].Column;
        var right = (BinaryColumn)call.Arguments[1].Column;
        int leftStep = call.Arguments[0].Step;
        int rightStep = call.Arguments[1].Step;
        using var result = new BinaryBuilder(call.Type, call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            ReadOnlySpan<byte> a = left[row * leftStep];
            ReadOnlySpan<byte> b = right[row * rightStep];
            if ((long)a.Length + b.Length > call.Context.MaxValueBytes)
            {
                call.Faults.Add(row, ExecutionErrors.OverflowCode, $"The result of || would have {(long)a.Length + b.Length} bytes; a value can have {call.Context.MaxValueBytes}.");
                result.AppendNull();
                continue;
            }

            Span<byte> target = result.GetSpan(a.Length + b.Length);
            a.CopyTo(target);
            b.CopyTo(target[a.Length..]);
            result.Commit(a.Length + b.Length);
        }

        return result.Build();
    }

    // A null array counts as an empty one, unless both sides are null arrays; a null element is an element.
    private static Column Lists(in KernelCall call)
    {
        using var left = new Side(call.Arguments[0], call.Type);
        using var right = new Side(call.Arguments[1], call.Type);
        using var result = new ListBuilder(call.Type, call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            if (left.IsNull(row) && right.IsNull(row))
            {
                result.AppendNull();
                continue;
            }

            left.AppendTo(result.Items, row);
            right.AppendTo(result.Items, row);
            result.AppendRow();
        }

        return result.Build();
    }

    // Arrays, or elements that stand for arrays of one.
    private sealed class Side : IDisposable
    {
        private readonly Vector _vector;
        private readonly Column _items;
        private readonly bool _isList;

        public Side(Vector vector, DataType list)
        {
            _vector = vector;
            _isList = vector.Type.Id == TypeId.List && vector.Type.Element.Type.Equals(list.Element.Type);
            _items = _isList ? ((ListColumn)vector.Column).Items.Share() : vector.Column.Share();
        }

        public bool IsNull(int row) => _isList && _vector.IsNull(row);

        public void AppendTo(ColumnBuilder items, int row)
        {
            int at = row * _vector.Step;
            if (!_isList)
            {
                items.AppendRange(_items, at, 1);
            }
            else if (!_vector.IsNull(row))
            {
                ReadOnlySpan<int> offsets = ((ListColumn)_vector.Column).Offsets;
                items.AppendRange(_items, offsets[at], offsets[at + 1] - offsets[at]);
            }
        }

        public void Dispose() => _items.Dispose();
    }
}
