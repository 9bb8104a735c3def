using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>Row buffers: <c>OVER (ROWS WINDOW BUFFER n ROWS … EMIT ON BUFFER FULL EXPIRE AFTER …)</c>.</summary>
internal static class RowBuffers
{
    /// <summary>A call that gives the number of rows in the partition. No query can name it.</summary>
    public static BoundWindowCall Size { get; } = Call("#rows", [], static (in WindowCall call, ColumnBuilder results)
        => ((FixedBuilder<long>)results).AppendUninitialized(call.Rows).Fill(call.Rows));

    /// <summary>How a buffer cuts its partition; null for one that only limits how far frames look back.</summary>
    public static RowBuffer? Of(RowBufferSyntax syntax, IReadOnlyList<BoundOrder> order)
    {
        if (syntax.ExpireAfter is { } expiry)
        {
            if (order is not [{ Descending: false, Expression.Type.Id: TypeId.Timestamp }, ..])
            {
                throw BindingErrors.BadWindow("EXPIRE AFTER goes by the time of the rows, and the buffer is not in the order of a timestamp.", syntax.Span);
            }

            // Says so now if the length is none.
            _ = new WindowStep(order[0].Expression.Type.Unit, expiry);
        }

        return syntax.EmitOnFull || syntax.ExpireAfter is not null ? new RowBuffer(syntax.EmitOnFull ? syntax.Rows : null, syntax.ExpireAfter) : null;
    }

    /// <summary>The column with the number of the buffer that a row is in, for the partition in its order.</summary>
    public static WindowAssignment Number(RowBuffer buffer, IReadOnlyList<BoundOrder> order)
    {
        BoundExpression[] time = buffer.Expiry is null ? [] : [order[0].Expression];
        string name = $"#buffer{(buffer.Rows is { } rows ? $" of {rows} rows" : "")}{(buffer.Expiry is { } expiry ? $" until {ExpressionText.Of(new BoundConstant(DataType.Interval, expiry))} of inactivity" : "")}";
        return new WindowAssignment(new ColumnVariable("#buffer", DataType.Int64, nullable: false), Call(name, time, Kernel(buffer, time)) with { Buffer = buffer });
    }

    private static BoundWindowCall Call(string name, IReadOnlyList<BoundExpression> arguments, WindowKernel kernel)
    {
        var overload = new WindowOverload { Parameters = [.. arguments.Select(a => (TypePattern)a.Type)], Returns = DataType.Int64, Kernel = _ => kernel };
        return new BoundWindowCall { Function = new WindowFunction(name, "A row buffer.", [overload]), Overload = overload, Arguments = arguments, Frame = BoundFrame.Whole };
    }

    private static WindowKernel Kernel(RowBuffer buffer, BoundExpression[] time)
    {
        long most = buffer.Rows ?? long.MaxValue;
        WindowStep? expiry = buffer.Expiry is { } after ? new WindowStep(time[0].Type.Unit, after) : null;
        return (in WindowCall call, ColumnBuilder results) =>
        {
            Span<long> target = ((FixedBuilder<long>)results).AppendUninitialized(call.Rows);
            long number = 0;
            long held = 0;
            for (int row = 0; row < target.Length; row++)
            {
                if (held == most || (expiry is { } step && row > 0 && IsOver(step, call.Arguments[0], row)))
                {
                    number++;
                    held = 0;
                }

                held++;
                target[row] = number;
            }
        };
    }

    // Rows without a time, which come last, stay with those before them.
    private static bool IsOver(WindowStep expiry, Vector times, int row)
        => !times.IsNull(row) && Time(times, row) >= expiry.From(Time(times, row - 1), 1);

    private static long Time(Vector times, int row) => ((FixedColumn<long>)times.Column).Values[times.IsConstant ? 0 : row];
}
