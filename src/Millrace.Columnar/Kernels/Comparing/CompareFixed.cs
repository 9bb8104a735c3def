using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Millrace.Columnar;

/// <summary>Compares values of a fixed width, 64 rows to a word of result bits.</summary>
internal static unsafe class CompareFixed
{
    /// <summary>Tests each left value against the right one.</summary>
    /// <param name="left">Rows, or 64 copies of a constant.</param>
    /// <param name="leftStep">Values from one block of 64 rows to the next: 64, or 0 for a constant.</param>
    /// <param name="right">As <paramref name="left"/>.</param>
    /// <param name="rightStep">As <paramref name="leftStep"/>.</param>
    /// <param name="rows">How many.</param>
    /// <param name="target">A word for each 64 rows; bits past the last row are zero.</param>
    public static void Test<T, TOrder, TTest>(T* left, int leftStep, T* right, int rightStep, int rows, ulong* target)
        where T : unmanaged
        where TOrder : struct, IValueOrder<T>
        where TTest : struct, IValueTest
    {
        for (; rows >= 64; rows -= 64, left += leftStep, right += rightStep)
        {
            *target++ = Word<T, TOrder, TTest>(left, right);
        }

        if (rows > 0)
        {
            *target = WordOfFew<T, TOrder, TTest>(left, right, rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word<T, TOrder, TTest>(T* left, T* right)
        where T : unmanaged
        where TOrder : struct, IValueOrder<T>
        where TTest : struct, IValueTest
    {
        if (typeof(T) == typeof(Int128) && CompareDecimals.IsSupported)
        {
            return CompareDecimals.Word<TTest>((long*)left, (long*)right);
        }

        ulong word = 0;
        if (Vector512.IsHardwareAccelerated && Vector512<T>.IsSupported)
        {
            for (int i = 0; i < 64; i += Vector512<T>.Count)
            {
                Vector512<T> a = Vector512.Load(left + i);
                Vector512<T> b = Vector512.Load(right + i);
                word |= (TTest.IsLess ? TOrder.Less(a, b) : TOrder.Equal(a, b)).ExtractMostSignificantBits() << i;
            }
        }
        else if (Vector256.IsHardwareAccelerated && Vector256<T>.IsSupported)
        {
            for (int i = 0; i < 64; i += Vector256<T>.Count)
            {
                Vector256<T> a = Vector256.Load(left + i);
                Vector256<T> b = Vector256.Load(right + i);
                word |= (ulong)(TTest.IsLess ? TOrder.Less(a, b) : TOrder.Equal(a, b)).ExtractMostSignificantBits() << i;
            }
        }
        else
        {
            word = WordOfFew<T, TOrder, TTest>(left, right, 64);
        }

        return word;
    }

    private static ulong WordOfFew<T, TOrder, TTest>(T* left, T* right, int rows)
        where T : unmanaged
        where TOrder : struct, IValueOrder<T>
        where TTest : struct, IValueTest
    {
        ulong word = 0;
        for (int i = 0; i < rows; i++)
        {
            bool holds = TTest.IsLess ? TOrder.Less(left[i], right[i]) : TOrder.Equal(left[i], right[i]);
            word |= (ulong)Unsafe.BitCast<bool, byte>(holds) << i;
        }

        return word;
    }
}
