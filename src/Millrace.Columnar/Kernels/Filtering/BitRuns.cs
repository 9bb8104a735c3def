using System.Numerics;

namespace Millrace.Columnar;

/// <summary>The runs of ones of a bitmap, from the first to the last: <c>while (runs.Next(out start, out count))</c>.</summary>
internal struct BitRuns(Bitmap bits)
{
    private int _at;

    public bool Next(out int start, out int count)
    {
        start = FindOne(_at);
        if (start >= bits.Length)
        {
            count = 0;
            return false;
        }

        _at = FindZero(start);
        count = _at - start;
        return true;
    }

    private readonly int FindOne(int from)
    {
        while (from < bits.Length)
        {
            ulong word = bits.Word(from);
            if (word != 0)
            {
                return from + BitOperations.TrailingZeroCount(word);
            }

            from += 64;
        }

        return bits.Length;
    }

    // Bits past the end are zero, so the last run ends there.
    private readonly int FindZero(int from)
    {
        while (true)
        {
            int ones = BitOperations.TrailingZeroCount(~bits.Word(from));
            from += ones;
            if (ones < 64)
            {
                return from;
            }
        }
    }
}
