using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Texts made longer, or turned around.</summary>
internal static class Padding
{
    public static Column PadLeft(in KernelCall call) => Rows.Text(call, new PadRow(call, left: true));

    public static Column PadRight(in KernelCall call) => Rows.Text(call, new PadRow(call, left: false));

    public static Column Repeat(in KernelCall call) => Rows.Text(call, new RepeatRow(call));

    public static Column Reverse(in KernelCall call) => Rows.Text(call, new ReverseRow(call.Text(0)));

    private readonly ref struct PadRow(in KernelCall call, bool left) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly FixedArgument<long> _length = call.Fixed<long>(1);
        private readonly TextArgument? _fill = call.Has(2) ? call.Text(2) : null;
        private readonly int _limit = call.Context.MaxValueBytes;
        private readonly RowFaults _faults = call.Faults;

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            ReadOnlySpan<byte> fill = _fill is { } given ? given[row] : " "u8;
            long length = Math.Max(0, _length[row]);
            int have = Utf8Text.Count(text);
            if (have >= length || fill.IsEmpty)
            {
                result.Append(text[..Utf8Text.Skip(text, length)]);
                return;
            }

            int fillCount = Utf8Text.Count(fill);
            (long whole, long part) = Math.DivRem(length - have, fillCount);
            ReadOnlySpan<byte> rest = fill[..Utf8Text.Skip(fill, part)];
            Int128 bytes = ((Int128)whole * fill.Length) + rest.Length + text.Length;
            if (bytes > _limit)
            {
                _faults.Add(row, FunctionErrors.ValueTooLargeCode, FunctionErrors.TooLarge(left ? "lpad" : "rpad", (long)Int128.Min(bytes, long.MaxValue), _limit));
                result.AppendNull();
                return;
            }

            Span<byte> target = result.GetSpan((int)bytes);
            if (!left)
            {
                text.CopyTo(target);
            }

            Span<byte> padding = left ? target[..^text.Length] : target[text.Length..];
            Fill(padding[..^rest.Length], fill);
            rest.CopyTo(padding[^rest.Length..]);
            if (left)
            {
                text.CopyTo(target[^text.Length..]);
            }

            result.Commit((int)bytes);
        }
    }

    private readonly ref struct RepeatRow(in KernelCall call) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly FixedArgument<long> _times = call.Fixed<long>(1);
        private readonly int _limit = call.Context.MaxValueBytes;
        private readonly RowFaults _faults = call.Faults;

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            Int128 bytes = (Int128)Math.Max(0, _times[row]) * text.Length;
            if (bytes > _limit)
            {
                _faults.Add(row, FunctionErrors.ValueTooLargeCode, FunctionErrors.TooLarge("repeat", (long)Int128.Min(bytes, long.MaxValue), _limit));
                result.AppendNull();
                return;
            }

            Fill(result.GetSpan((int)bytes), text);
            result.Commit((int)bytes);
        }
    }

    private readonly struct ReverseRow(TextArgument text) : IBuilderRow<BinaryBuilder>
    {
        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> value = text[row];
            Span<byte> target = result.GetSpan(value.Length);
            int end = value.Length;
            for (int at = 0; at < value.Length;)
            {
                int next = Utf8Text.Next(value, at);
                end -= next - at;
                value[at..next].CopyTo(target[end..]);
                at = next;
            }

            result.Commit(value.Length);
        }
    }

    // Doubles what is there, so that short fills of long targets are few copies.
    private static void Fill(Span<byte> target, ReadOnlySpan<byte> fill)
    {
        if (target.IsEmpty)
        {
            return;
        }

        fill.CopyTo(target);
        for (int done = fill.Length; done < target.Length;)
        {
            int step = Math.Min(done, target.Length - done);
            target[..step].CopyTo(target[done..]);
            done += step;
        }
    }
}
