using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Texts put together.</summary>
internal static class Concatenation
{
    /// <summary>Leaves nulls out.</summary>
    public static Column Concat(in KernelCall call)
    {
        using var operands = new TextOperands(call, 0);
        using var result = new BinaryBuilder(call.Type, call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            Join(operands, default, row, result, call, "concat");
        }

        return result.Build();
    }

    /// <summary>Leaves nulls out; a null separator makes a null.</summary>
    public static Column ConcatWithSeparator(in KernelCall call)
    {
        using var operands = new TextOperands(call, 1);
        using var result = new BinaryBuilder(call.Type, call.Rows);
        TextArgument separator = call.Text(0);
        for (int row = 0; row < call.Rows; row++)
        {
            if (call.Arguments[0].IsNull(row))
            {
                result.AppendNull();
            }
            else
            {
                Join(operands, separator[row], row, result, call, "concat_ws");
            }
        }

        return result.Build();
    }

    /// <summary>The elements of an array with a text between them; nulls are left out, or get a text of their own.</summary>
    public static Column JoinArray(in KernelCall call)
    {
        using Column items = ZoneCasts.ToText(((ListColumn)call.Arguments[0].Column).Items, call.Context.TimeZone);
        return Rows.Text(call, new JoinRow(call, (BinaryColumn)items));
    }

    private static void Join(TextOperands operands, ReadOnlySpan<byte> separator, int row, BinaryBuilder result, in KernelCall call, string name)
    {
        long bytes = 0;
        int parts = 0;
        for (int i = 0; i < operands.Count; i++)
        {
            if (!operands.IsNull(i, row))
            {
                bytes += operands[i, row].Length + (parts++ == 0 ? 0 : separator.Length);
            }
        }

        if (bytes > call.Context.MaxValueBytes)
        {
            call.Faults.Add(row, FunctionErrors.ValueTooLargeCode, FunctionErrors.TooLarge(name, bytes, call.Context.MaxValueBytes));
            result.AppendNull();
            return;
        }

        Span<byte> target = result.GetSpan((int)bytes);
        bool first = true;
        for (int i = 0; i < operands.Count; i++)
        {
            if (!operands.IsNull(i, row))
            {
                target = first ? target : Put(separator, target);
                target = Put(operands[i, row], target);
                first = false;
            }
        }

        result.Commit((int)bytes);
    }

    private static Span<byte> Put(ReadOnlySpan<byte> part, Span<byte> target)
    {
        part.CopyTo(target);
        return target[part.Length..];
    }

    private readonly ref struct JoinRow(in KernelCall call, BinaryColumn items) : IBuilderRow<BinaryBuilder>
    {
        private readonly ListArgument _list = call.List(0);
        private readonly TextArgument _separator = call.Text(1);
        private readonly TextArgument? _forNull = call.Has(2) ? call.Text(2) : null;
        private readonly int _limit = call.Context.MaxValueBytes;
        private readonly Execution.RowFaults _faults = call.Faults;

        public void Append(int row, BinaryBuilder result)
        {
            (int start, int end) = _list[row];
            ReadOnlySpan<byte> separator = _separator[row];
            long bytes = 0;
            bool first = true;
            for (int item = start; item < end; item++)
            {
                if (TryText(item, row, out ReadOnlySpan<byte> text))
                {
                    bytes += text.Length + (first ? 0 : separator.Length);
                    first = false;
                }
            }

            if (bytes > _limit)
            {
                _faults.Add(row, FunctionErrors.ValueTooLargeCode, FunctionErrors.TooLarge("array_to_string", bytes, _limit));
                result.AppendNull();
                return;
            }

            Span<byte> target = result.GetSpan((int)bytes);
            first = true;
            for (int item = start; item < end; item++)
            {
                if (TryText(item, row, out ReadOnlySpan<byte> text))
                {
                    target = first ? target : Put(separator, target);
                    target = Put(text, target);
                    first = false;
                }
            }

            result.Commit((int)bytes);
        }

        private bool TryText(int item, int row, out ReadOnlySpan<byte> text)
        {
            if (!items.IsNull(item))
            {
                text = items[item];
                return true;
            }

            text = _forNull is { } other ? other[row] : default;
            return _forNull is not null;
        }
    }
}
