using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Takes characters off the ends of texts: spaces, unless others are named.</summary>
internal static class Trimming
{
    public static Column Both(in KernelCall call) => Rows.Text(call, new TrimRow(call, start: true, end: true));

    public static Column Start(in KernelCall call) => Rows.Text(call, new TrimRow(call, start: true, end: false));

    public static Column End(in KernelCall call) => Rows.Text(call, new TrimRow(call, start: false, end: true));

    private readonly struct TrimRow(in KernelCall call, bool start, bool end) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly TextArgument? _set = call.Has(1) ? call.Text(1) : null;

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            ReadOnlySpan<byte> set = _set is { } given ? given[row] : " "u8;
            if (start)
            {
                text = text[CountAtStart(text, set)..];
            }

            if (end)
            {
                text = text[..(text.Length - CountAtEnd(text, set))];
            }

            result.Append(text);
        }

        private static int CountAtStart(ReadOnlySpan<byte> text, ReadOnlySpan<byte> set)
        {
            if (Ascii.IsValid(set))
            {
                int kept = text.IndexOfAnyExcept(set);
                return kept < 0 ? text.Length : kept;
            }

            // A code point's bytes are found in UTF-8 only where that code point stands.
            int at = 0;
            while (at < text.Length)
            {
                int next = Utf8Text.Next(text, at);
                if (set.IndexOf(text[at..next]) < 0)
                {
                    break;
                }

                at = next;
            }

            return at;
        }

        private static int CountAtEnd(ReadOnlySpan<byte> text, ReadOnlySpan<byte> set)
        {
            if (Ascii.IsValid(set))
            {
                return text.Length - 1 - text.LastIndexOfAnyExcept(set);
            }

            int at = text.Length;
            while (at > 0)
            {
                int previous = Utf8Text.Previous(text, at);
                if (set.IndexOf(text[previous..at]) < 0)
                {
                    break;
                }

                at = previous;
            }

            return text.Length - at;
        }
    }
}
