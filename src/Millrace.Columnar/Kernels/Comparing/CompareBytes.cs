using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>Where the byte strings of a column lie.</summary>
internal unsafe interface IByteRows
{
    byte* Get(int row, out int length);
}

/// <summary>Strings by offsets.</summary>
internal readonly unsafe struct OffsetRows(BinaryColumn column) : IByteRows
{
    private readonly int* _offsets = (int*)column.OffsetsBuffer.Pointer + column.Offset;
    private readonly byte* _data = column.DataBuffer.Pointer;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Get(int row, out int length)
    {
        int start = _offsets[row];
        length = _offsets[row + 1] - start;
        return _data + start;
    }
}

/// <summary>Strings of one length.</summary>
internal readonly unsafe struct FixedRows(FixedBinaryColumn column) : IByteRows
{
    private readonly byte* _data = FixedMemory.Start(column);
    private readonly int _width = column.Width;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Get(int row, out int length)
    {
        length = _width;
        return _data + ((long)row * _width);
    }
}

/// <summary>The same string in every row.</summary>
internal readonly unsafe struct OneString(byte* value, int length) : IByteRows
{
    private readonly byte* _value = value;

    public byte* Get(int row, out int length1)
    {
        length1 = length;
        return _value;
    }
}

/// <summary>Compares byte strings, 64 rows to a word of result bits.</summary>
internal static unsafe class CompareBytes
{
    /// <summary>Tests each left string against the right one of its row. Bits past the last row are zero.</summary>
    public static void Test<TLeft, TRight, TTest>(TLeft left, TRight right, int rows, ulong* target)
        where TLeft : struct, IByteRows
        where TRight : struct, IByteRows
        where TTest : struct, IValueTest
    {
        for (int at = 0; at < rows; at += 64)
        {
            int count = Math.Min(64, rows - at);
            ulong word = 0;
            for (int i = 0; i < count; i++)
            {
                byte* a = left.Get(at + i, out int aLength);
                byte* b = right.Get(at + i, out int bLength);
                bool holds = TTest.IsLess ? ByteStrings.Less(a, aLength, b, bLength) : ByteStrings.Equal(a, aLength, b, bLength);
                word |= (ulong)Unsafe.BitCast<bool, byte>(holds) << i;
            }

            target[at >> 6] = word;
        }
    }
}
