using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Parts of texts, counted in code points from 1.</summary>
internal static class Substrings
{
    public static Column Substring(in KernelCall call) => Rows.Text(call, new SubstringRow(call));

    public static Column Left(in KernelCall call) => Rows.Text(call, new LeftRow(call));

    public static Column Right(in KernelCall call) => Rows.Text(call, new RightRow(call));

    public static Column SplitPart(in KernelCall call) => Rows.Text(call, new SplitPartRow(call));

    public static Column Overlay(in KernelCall call) => Rows.Text(call, new OverlayRow(call));

    private readonly ref struct SubstringRow : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text;
        private readonly FixedArgument<long> _start;
        private readonly FixedArgument<long> _count;
        private readonly bool _counted;
        private readonly RowFaults _faults;

        public SubstringRow(in KernelCall call)
        {
            _text = call.Text(0);
            _start = call.Fixed<long>(1);
            _counted = call.Has(2);
            _count = _counted ? call.Fixed<long>(2) : default;
            _faults = call.Faults;
        }

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            long start = _start[row];
            long end = long.MaxValue;
            if (_counted)
            {
                long count = _count[row];
                if (count < 0)
                {
                    _faults.Add(row, FunctionErrors.ArgumentCode, $"substring: the length is {count}; it must not be negative.");
                    result.AppendNull();
                    return;
                }

                // Places before the text count, so substring('abc', 0, 2) is 'a'.
                end = (long)Int128.Min((Int128)start + count, long.MaxValue);
            }

            start = Math.Max(start, 1);
            text = text[Utf8Text.Skip(text, start - 1)..];
            result.Append(end == long.MaxValue ? text : text[..Utf8Text.Skip(text, Math.Max(0, end - start))]);
        }
    }

    private readonly ref struct LeftRow(in KernelCall call) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly FixedArgument<long> _count = call.Fixed<long>(1);

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            long count = _count[row];
            result.Append(text[..(count >= 0 ? Utf8Text.Skip(text, count) : Utf8Text.SkipBack(text, Negate(count)))]);
        }
    }

    private readonly ref struct RightRow(in KernelCall call) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly FixedArgument<long> _count = call.Fixed<long>(1);

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            long count = _count[row];
            result.Append(text[(count >= 0 ? Utf8Text.SkipBack(text, count) : Utf8Text.Skip(text, Negate(count)))..]);
        }
    }

    private readonly ref struct SplitPartRow(in KernelCall call) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly TextArgument _separator = call.Text(1);
        private readonly FixedArgument<long> _number = call.Fixed<long>(2);
        private readonly RowFaults _faults = call.Faults;

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            ReadOnlySpan<byte> separator = _separator[row];
            long number = _number[row];
            if (number == 0)
            {
                _faults.Add(row, FunctionErrors.ArgumentCode, "split_part: the number of the part is 0; parts count from 1, or from -1 at the end.");
                result.AppendNull();
            }
            else if (separator.IsEmpty)
            {
                result.Append(number is 1 or -1 ? text : default);
            }
            else
            {
                result.Append(number > 0 ? FromStart(text, separator, number) : FromEnd(text, separator, Negate(number)));
            }
        }

        private static ReadOnlySpan<byte> FromStart(ReadOnlySpan<byte> text, ReadOnlySpan<byte> separator, long number)
        {
            while (true)
            {
                int end = text.IndexOf(separator);
                if (number == 1)
                {
                    return end < 0 ? text : text[..end];
                }

                if (end < 0)
                {
                    return default;
                }

                text = text[(end + separator.Length)..];
                number--;
            }
        }

        private static ReadOnlySpan<byte> FromEnd(ReadOnlySpan<byte> text, ReadOnlySpan<byte> separator, long number)
        {
            // Separators can overlap ('aaa' by 'aa'), and then count from the start as the parts do.
            long parts = 1;
            for (ReadOnlySpan<byte> rest = text; rest.IndexOf(separator) is >= 0 and int at; rest = rest[(at + separator.Length)..])
            {
                parts++;
            }

            return number > parts ? default : FromStart(text, separator, parts - number + 1);
        }
    }

    private readonly ref struct OverlayRow : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text;
        private readonly TextArgument _replacement;
        private readonly FixedArgument<long> _start;
        private readonly FixedArgument<long> _count;
        private readonly bool _counted;
        private readonly RowFaults _faults;

        public OverlayRow(in KernelCall call)
        {
            _text = call.Text(0);
            _replacement = call.Text(1);
            _start = call.Fixed<long>(2);
            _counted = call.Has(3);
            _count = _counted ? call.Fixed<long>(3) : default;
            _faults = call.Faults;
        }

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            ReadOnlySpan<byte> replacement = _replacement[row];
            long start = _start[row];
            if (start < 1)
            {
                _faults.Add(row, FunctionErrors.ArgumentCode, $"overlay: the start is {start}; places count from 1.");
                result.AppendNull();
                return;
            }

            long count = _counted ? _count[row] : Utf8Text.Count(replacement);
            int head = Utf8Text.Skip(text, start - 1);
            int tail = Utf8Text.Skip(text, (long)Int128.Clamp((Int128)start - 1 + count, 0, long.MaxValue));
            Span<byte> target = result.GetSpan(checked(head + replacement.Length + text.Length - tail));
            text[..head].CopyTo(target);
            replacement.CopyTo(target[head..]);
            text[tail..].CopyTo(target[(head + replacement.Length)..]);
            result.Commit(target.Length);
        }
    }

    private static long Negate(long value) => value == long.MinValue ? long.MaxValue : -value;
}
