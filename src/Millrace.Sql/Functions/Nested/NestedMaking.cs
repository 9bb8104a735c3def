using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Arrays, maps and structs of single values.</summary>
internal static class NestedMaking
{
    /// <summary><c>array(a, b, …)</c>: what <c>ARRAY[a, b]</c> calls. Nulls are elements.</summary>
    public static Column Array(in KernelCall call)
    {
        using var picker = new ItemPicker(call.Rows);
        Span<int> starts = new int[call.Arguments.Length];
        using Column items = Join(call, starts);
        for (int row = 0; row < call.Rows; row++)
        {
            for (int i = 0; i < starts.Length; i++)
            {
                picker.Pick(starts[i] + (row * call.Arguments[i].Step));
            }

            picker.EndRow();
        }

        return picker.Build(call.Type, items);
    }

    /// <summary><c>array_repeat(value, n)</c>; a null value is repeated too.</summary>
    public static Column Repeat(in KernelCall call)
    {
        // So many elements are a value of the largest size even if each is but a byte.
        int limit = call.Context.MaxValueBytes;
        using var picker = new ItemPicker(call.Rows);
        FixedArgument<long> times = call.Fixed<long>(1);
        for (int row = 0; row < call.Rows; row++)
        {
            bool valid = !call.Arguments[1].IsNull(row);
            long count = valid ? Math.Max(0, times[row]) : 0;
            if (count > limit / 8)
            {
                call.Faults.Add(row, FunctionErrors.ValueTooLargeCode, $"array_repeat: {count} elements are asked for; an array can have {limit / 8}.");
                (valid, count) = (false, 0);
            }

            for (long i = 0; i < count; i++)
            {
                picker.Pick(row * call.Arguments[0].Step);
            }

            picker.EndRow(valid);
        }

        return picker.Build(call.Type, call.Arguments[0].Column);
    }

    /// <summary><c>struct(a, b, …)</c>: what <c>STRUCT(a AS x, b)</c> and <c>ROW(a, b)</c> call. The names are those of the result's type.</summary>
    public static Column Struct(in KernelCall call)
    {
        Vector[] values = call.Arguments.ToArray();
        int rows = call.Rows;
        Column[] fields = ColumnArrays.Make(values.Length, (values, rows), static (state, i) => All(state.values[i], state.rows));
        return new StructColumn(call.Type, rows, fields);
    }

    /// <summary>Fields without names of their own.</summary>
    public static DataType StructType(ScalarCallSite site)
        => DataType.Struct([.. site.Types.Select((type, i) => new Field($"f{i + 1}", type))]);

    /// <summary>The arguments' values one after the other, and where those of each begin.</summary>
    private static Column Join(in KernelCall call, Span<int> starts)
    {
        if (starts.Length == 0)
        {
            using ColumnBuilder none = ColumnBuilder.Create(call.Type.Element.Type, 0);
            return none.Build();
        }

        var columns = new Column[starts.Length];
        int at = 0;
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = call.Arguments[i].Column;
            starts[i] = at;
            at = checked(at + columns[i].Length);
        }

        return columns.Length == 1 ? columns[0].Share() : Concat.Columns(columns);
    }

    private static Column All(Vector vector, int rows)
    {
        if (!vector.IsConstant)
        {
            return vector.Column.Share();
        }

        return Take.Rows(vector.Column, new int[rows]);
    }
}
