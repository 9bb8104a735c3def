using System.Buffers;
using System.Text;

namespace Millrace.Formats.Parquet;

/// <summary>Least and greatest value in plain encoding, without a length.</summary>
/// <param name="Min">At most the least value.</param>
/// <param name="Max">At least the greatest value.</param>
/// <param name="IsMinExact">Whether it is that value and not the start of it.</param>
/// <param name="IsMaxExact">The same of the greatest.</param>
internal sealed record Bounds(byte[] Min, byte[] Max, bool IsMinExact = true, bool IsMaxExact = true)
{
    // Longer bounds cost more to read than they save.
    private const int MaxLength = 64;

    // A greatest value that cannot be shortened is kept whole up to here; nothing limits its size otherwise.
    private const int MaxWhole = 1024;

    /// <summary>There are values, but no bounds of a sensible length.</summary>
    public static Bounds Unknown { get; } = new([], []);

    /// <summary>Bounds of bounded length, which are wider when the values are long.</summary>
    public static Bounds Shorten(byte[] min, byte[] max, bool isText)
    {
        byte[] low = min.Length <= MaxLength ? min : min[..CutAt(min, isText)];
        byte[]? high = max.Length <= MaxLength ? max : isText ? NextText(max[..CutAt(max, isText)]) : NextBytes(max[..MaxLength]);
        if (high is null && max.Length > MaxWhole)
        {
            return Unknown;
        }

        return new Bounds(low, high ?? max, low.Length == min.Length, high is null || max.Length <= MaxLength);
    }

    // Text is cut between characters.
    private static int CutAt(byte[] value, bool isText)
    {
        int cut = MaxLength;
        while (isText && cut > MaxLength - 4 && (value[cut] & 0xC0) == 0x80)
        {
            cut--;
        }

        return cut;
    }

    // The least value above everything that starts with these bytes; null if there is none.
    private static byte[]? NextBytes(byte[] prefix)
    {
        for (int i = prefix.Length - 1; i >= 0; i--)
        {
            if (prefix[i] != 0xFF)
            {
                prefix[i]++;
                return prefix[..(i + 1)];
            }
        }

        return null;
    }

    // The same in UTF-8: the last character that has a greater one of the same length is raised. Readers may show bounds as text.
    private static byte[]? NextText(byte[] prefix)
    {
        int end = prefix.Length;
        while (end > 0)
        {
            int start = end - 1;
            while (start > 0 && (prefix[start] & 0xC0) == 0x80)
            {
                start--;
            }

            if (Rune.DecodeFromUtf8(prefix.AsSpan(start, end - start), out Rune rune, out int length) != OperationStatus.Done || length != end - start)
            {
                return NextBytes(prefix[..end]);
            }

            // Surrogates are not characters.
            int next = rune.Value == 0xD7FF ? 0xE000 : rune.Value + 1;
            if (Rune.IsValid(next) && new Rune(next).Utf8SequenceLength == length)
            {
                byte[] raised = prefix[..end];
                new Rune(next).EncodeToUtf8(raised.AsSpan(start));
                return raised;
            }

            end = start;
        }

        return null;
    }
}
