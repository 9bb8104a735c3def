using System.Numerics;

namespace Millrace.Sql.Execution;

/// <summary>Writes values to the chosen rows of a column that is being made; the other rows keep what they have.</summary>
internal static unsafe class Scatter
{
    /// <summary>One value.</summary>
    public static void Constant<T>(T value, RowMask rows, T* target)
        where T : unmanaged
    {
        for (int i = 0; i < rows.WordCount; i++, target += 64)
        {
            ulong word = rows.Words[i];
            if (word == ulong.MaxValue)
            {
                new Span<T>(target, 64).Fill(value);
                continue;
            }

            for (; word != 0; word &= word - 1)
            {
                target[BitOperations.TrailingZeroCount(word)] = value;
            }
        }
    }

    /// <summary>Values that stand one after the other.</summary>
    public static void Packed<T>(T* values, RowMask rows, T* target)
        where T : unmanaged
    {
        for (int i = 0; i < rows.WordCount; i++, target += 64)
        {
            for (ulong word = rows.Words[i]; word != 0; word &= word - 1)
            {
                target[BitOperations.TrailingZeroCount(word)] = *values++;
            }
        }
    }

    /// <summary>Values that stand at the rows' own places.</summary>
    public static void InPlace<T>(T* values, RowMask rows, T* target)
        where T : unmanaged
    {
        for (int i = 0; i < rows.WordCount; i++, target += 64, values += 64)
        {
            ulong word = rows.Words[i];
            if (word == ulong.MaxValue)
            {
                new ReadOnlySpan<T>(values, 64).CopyTo(new Span<T>(target, 64));
                continue;
            }

            for (; word != 0; word &= word - 1)
            {
                int row = BitOperations.TrailingZeroCount(word);
                target[row] = values[row];
            }
        }
    }
}
