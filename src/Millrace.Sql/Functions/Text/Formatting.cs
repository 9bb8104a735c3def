using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>
/// <c>format</c> as in PostgreSQL: <c>%s</c> a value, <c>%I</c> a name, <c>%L</c> a literal, <c>%%</c> a percent sign;
/// <c>%2$s</c> takes the second value, <c>%10s</c> and <c>%-10s</c> pad, <c>%*s</c> takes the width from the values.
/// </summary>
internal static class Formatting
{
    public static Column Format(in KernelCall call)
    {
        using var values = new TextOperands(call, 1);
        using var result = new BinaryBuilder(call.Type, call.Rows);
        using var buffer = new ByteBuffer();
        TextArgument format = call.Text(0);
        for (int row = 0; row < call.Rows; row++)
        {
            if (call.Arguments[0].IsNull(row))
            {
                result.AppendNull();
                continue;
            }

            buffer.Truncate();
            var run = new Run(format[row], values, row, buffer, call.Context.MaxValueBytes);
            if (run.TryWrite())
            {
                result.Append(buffer.Written);
            }
            else
            {
                call.Faults.Add(row, run.TooLarge ? FunctionErrors.ValueTooLargeCode : FunctionErrors.FormatCode, $"format: {run.Problem}");
                result.AppendNull();
            }
        }

        return result.Build();
    }

    /// <summary>One row.</summary>
    private ref struct Run(ReadOnlySpan<byte> format, TextOperands values, int row, ByteBuffer target, int limit)
    {
        private ReadOnlySpan<byte> _rest = format;
        private int _next;

        public string Problem { get; private set; } = "";

        public bool TooLarge { get; private set; }

        public bool TryWrite()
        {
            while (_rest.IndexOf((byte)'%') is >= 0 and int at)
            {
                target.Write(_rest[..at]);
                _rest = _rest[(at + 1)..];
                if (!TryWriteValue())
                {
                    return false;
                }
            }

            target.Write(_rest);
            return target.Length <= limit || Exceeds(target.Length);
        }

        private bool TryWriteValue()
        {
            if (TryTake('%'))
            {
                target.Write((byte)'%');
                return true;
            }

            int position = 0;
            ReadOnlySpan<byte> before = _rest;
            if (TryNumber(out int number) && TryTake('$'))
            {
                position = number;
                if (position == 0)
                {
                    return Fails("values are numbered from 1, not 0.");
                }
            }
            else
            {
                _rest = before;
            }

            bool left = false;
            while (TryTake('-'))
            {
                left = true;
            }

            if (!TryWidth(out int width))
            {
                return false;
            }

            (left, width) = width < 0 ? (true, -width) : (left, width);
            if (_rest.IsEmpty)
            {
                return Fails("the format ends within a % specifier.");
            }

            byte kind = _rest[0];
            _rest = _rest[1..];
            if (kind is not ((byte)'s' or (byte)'I' or (byte)'L'))
            {
                return Fails($"%{(char)kind} is not known; there are %s, %I, %L and %%.");
            }

            if (!TryValue(position, out int value))
            {
                return false;
            }

            bool isNull = values.IsNull(value, row);
            if (isNull && kind == 'I')
            {
                return Fails("null cannot be a name (%I).");
            }

            return TryPut(kind, isNull ? default : values[value, row], isNull, width, left);
        }

        private readonly bool TryPutText(byte kind, ReadOnlySpan<byte> text, bool isNull)
        {
            switch (kind)
            {
                case (byte)'s':
                    target.Write(text);
                    break;
                case (byte)'L' when isNull:
                    target.Write("NULL"u8);
                    break;
                case (byte)'L':
                    target.Advance(Quoting.WriteLiteral(text, target.GetSpan((text.Length * 2) + 2)));
                    break;
                default:
                    target.Advance(Quoting.WriteIdentifier(text, target.GetSpan((text.Length * 2) + 2)));
                    break;
            }

            return target.Length <= limit;
        }

        private bool TryPut(byte kind, ReadOnlySpan<byte> text, bool isNull, int width, bool left)
        {
            int start = target.Length;
            if (!TryPutText(kind, text, isNull))
            {
                return Exceeds(target.Length);
            }

            int length = target.Length - start;
            int padding = width == 0 ? 0 : Math.Max(0, width - Utf8Text.Count(target.Written[start..]));
            if ((long)target.Length + padding > limit)
            {
                return Exceeds((long)target.Length + padding);
            }

            target.GetSpan(padding)[..padding].Fill((byte)' ');
            target.Advance(padding);
            if (!left && padding > 0)
            {
                Span<byte> written = target.Written[start..];
                written[..length].CopyTo(written[padding..]);
                written[..padding].Fill((byte)' ');
            }

            return true;
        }

        private bool TryWidth(out int width)
        {
            width = 0;
            if (!TryTake('*'))
            {
                TryNumber(out width);
                return true;
            }

            ReadOnlySpan<byte> before = _rest;
            int position = 0;
            if (TryNumber(out int number) && TryTake('$'))
            {
                position = number;
            }
            else
            {
                _rest = before;
            }

            if (!TryValue(position, out int value))
            {
                return false;
            }

            if (!values.IsNull(value, row) && (!IntegerText.TryParse(values[value, row], out width) || width == int.MinValue))
            {
                return Fails($"{FunctionErrors.Show(values[value, row])} is not a width.");
            }

            return true;
        }

        private bool TryValue(int position, out int value)
        {
            value = position == 0 ? _next : position - 1;
            _next = value + 1;
            return value < values.Count || Fails($"there is no value number {value + 1}; {values.Count} were given.");
        }

        // Nine digits are more than any width or count that works.
        private bool TryNumber(out int number)
        {
            number = 0;
            int digits = 0;
            while (digits < 9 && digits < _rest.Length && char.IsAsciiDigit((char)_rest[digits]))
            {
                number = (number * 10) + _rest[digits++] - '0';
            }

            _rest = _rest[digits..];
            return digits > 0;
        }

        private bool TryTake(char expected)
        {
            bool found = !_rest.IsEmpty && _rest[0] == expected;
            _rest = found ? _rest[1..] : _rest;
            return found;
        }

        private bool Fails(string problem)
        {
            Problem = problem;
            return false;
        }

        private bool Exceeds(long bytes)
        {
            TooLarge = true;
            return Fails($"the result would have at least {bytes} bytes; a value can have {limit}.");
        }
    }
}
