using System.Text;
using System.Text.RegularExpressions;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>
/// <c>regexp_replace(text, pattern, replacement, flags)</c>: the first match, or every one with the flag <c>g</c>. In the
/// replacement <c>\1</c> to <c>\9</c> are groups, <c>\&amp;</c> or <c>\0</c> is the match, <c>\\</c> a backslash.
/// </summary>
internal static class RegexReplacing
{
    public static ScalarKernel Replace(ScalarCallSite site)
    {
        var matcher = new RegexMatcher();
        return (in KernelCall call) =>
        {
            using var buffer = new ByteBuffer();
            return Rows.Text(call, new ReplaceRow(call, new RegexRow(call, matcher, 3), buffer));
        };
    }

    private readonly struct ReplaceRow(in KernelCall call, RegexRow match, ByteBuffer buffer) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _replacement = call.Text(2);
        private readonly TextArgument _source = call.Text(0);
        private readonly int _limit = call.Context.MaxValueBytes;

        public void Append(int row, BinaryBuilder result)
        {
            if (!match.TryPrepare(row, out ReadOnlySpan<char> text))
            {
                result.AppendNull();
                return;
            }

            ReadOnlySpan<byte> replacement = _replacement[row];
            buffer.Truncate();
            try
            {
                if (!match.Regex.IsMatch(text))
                {
                    result.Append(_source[row]);
                }
                else if (replacement.Contains((byte)'\\') ? TryWithGroups(text, replacement) : TryPlain(text, replacement))
                {
                    result.Append(buffer.Written);
                }
                else
                {
                    match.Faults.Add(row, FunctionErrors.ValueTooLargeCode, FunctionErrors.TooLarge("regexp_replace", buffer.Length, _limit));
                    result.AppendNull();
                }
            }
            catch (RegexMatchTimeoutException)
            {
                match.AddTimeout(row);
                result.AppendNull();
            }
        }

        private bool TryPlain(ReadOnlySpan<char> text, ReadOnlySpan<byte> replacement)
        {
            int done = 0;
            foreach (ValueMatch found in match.Regex.EnumerateMatches(text))
            {
                Write(text[done..found.Index]);
                buffer.Write(replacement);
                done = found.Index + found.Length;
                if (!match.Matcher.Global || buffer.Length > _limit)
                {
                    break;
                }
            }

            Write(text[done..]);
            return buffer.Length <= _limit;
        }

        private bool TryWithGroups(ReadOnlySpan<char> text, ReadOnlySpan<byte> replacement)
        {
            int done = 0;
            for (Match found = match.Regex.Match(text.ToString()); found.Success; found = found.NextMatch())
            {
                Write(text[done..found.Index]);
                Expand(found, replacement);
                done = found.Index + found.Length;
                if (!match.Matcher.Global || buffer.Length > _limit)
                {
                    break;
                }
            }

            Write(text[done..]);
            return buffer.Length <= _limit;
        }

        private void Expand(Match found, ReadOnlySpan<byte> replacement)
        {
            for (int at = 0; at < replacement.Length; at++)
            {
                byte value = replacement[at];
                if (value != '\\' || at + 1 == replacement.Length)
                {
                    buffer.Write(value);
                    continue;
                }

                value = replacement[++at];
                if (value is >= (byte)'0' and <= (byte)'9' or (byte)'&')
                {
                    // A group that the pattern does not have is empty, as one that took no part.
                    Write(found.Groups[value == '&' ? 0 : value - '0'].ValueSpan);
                }
                else
                {
                    if (value != '\\')
                    {
                        buffer.Write((byte)'\\');
                    }

                    buffer.Write(value);
                }
            }
        }

        private void Write(ReadOnlySpan<char> text)
            => buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(checked(text.Length * 3))));
    }
}
