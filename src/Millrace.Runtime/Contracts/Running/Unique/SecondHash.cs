using System.Buffers.Binary;
using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// A hash of values that shares nothing with <see cref="Hash"/>, for those that do not fit into 64 bits. The hash of shorter ones tells
/// them apart by itself: it is a bijection.
/// </summary>
internal static class SecondHash
{
    private const ulong First = 0xD6E8_FEB8_6659_FD93;
    private const ulong Second = 0xA076_1D64_78BD_642F;

    public static void Rows(Column column, Span<ulong> hashes)
    {
        switch (column)
        {
            case BinaryColumn text:
                for (int row = 0; row < hashes.Length; row++)
                {
                    hashes[row] = Of(text[row]);
                }

                break;
            case FixedBinaryColumn binary:
                for (int row = 0; row < hashes.Length; row++)
                {
                    hashes[row] = Of(binary[row]);
                }

                break;
            case FixedColumn<Int128> wide:
                for (int row = 0; row < hashes.Length; row++)
                {
                    hashes[row] = (ulong)wide.Values[row];
                }

                break;
            default:
                Hash.Rows(column, hashes, Key128.SecondSeed);
                break;
        }
    }

    private static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length * First;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        ulong rest = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            rest |= (ulong)bytes[i] << (8 * i);
        }

        return Mix(hash ^ rest);
    }

    // Two rounds of multiplying and rotating, each a bijection.
    private static ulong Mix(ulong x) => BitOperations.RotateLeft(BitOperations.RotateLeft(x * First, 29) * Second, 31);
}
