using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Formats.Compression;

/// <summary>CRC-32 as in gzip, PNG, Avro's snappy codec and Parquet's pages: polynomial 0x04C11DB7, reflected.</summary>
public static class Crc32
{
    private const int Slices = 8;

    // Below this, folding does not pay.
    private const int FoldMinimum = 128;

    private static readonly uint[] Tables = MakeTables();

    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>Goes on from the checksum of what came before; 0 is that of nothing.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        if (Pclmulqdq.IsSupported && data.Length >= FoldMinimum)
        {
            crc = Fold(crc, ref data);
        }

        return ~AppendByTable(crc, data);
    }

    // Four vectors are carried 64 bytes ahead by carry-less multiplication with powers of x modulo the polynomial, then
    // brought together. The 16 bytes that remain have the same checksum as all that went into them.
    private static uint Fold(uint crc, ref ReadOnlySpan<byte> data)
    {
        Vector128<ulong> ahead64 = Vector128.Create(0x1_5444_2BD4UL, 0x1_C6E4_1596UL);
        Vector128<ulong> ahead16 = Vector128.Create(0x1_7519_97D0UL, 0x0_CCAA_009EUL);
        ref byte at = ref MemoryMarshal.GetReference(data);
        Vector128<ulong> a = Load(ref at, 0) ^ Vector128.CreateScalar((ulong)crc);
        Vector128<ulong> b = Load(ref at, 16);
        Vector128<ulong> c = Load(ref at, 32);
        Vector128<ulong> d = Load(ref at, 48);
        int done = 64;
        for (; data.Length - done >= 64; done += 64)
        {
            a = Carry(a, ahead64) ^ Load(ref at, done);
            b = Carry(b, ahead64) ^ Load(ref at, done + 16);
            c = Carry(c, ahead64) ^ Load(ref at, done + 32);
            d = Carry(d, ahead64) ^ Load(ref at, done + 48);
        }

        a = Carry(a, ahead16) ^ b;
        a = Carry(a, ahead16) ^ c;
        a = Carry(a, ahead16) ^ d;
        for (; data.Length - done >= 16; done += 16)
        {
            a = Carry(a, ahead16) ^ Load(ref at, done);
        }

        data = data[done..];
        Span<byte> rest = stackalloc byte[16];
        a.AsByte().CopyTo(rest);
        return AppendByTable(0, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Load(ref byte at, int offset) => Unsafe.ReadUnaligned<Vector128<ulong>>(ref Unsafe.Add(ref at, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Carry(Vector128<ulong> value, Vector128<ulong> powers)
        => Pclmulqdq.CarrylessMultiply(value, powers, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, powers, 0x11);

    // Takes and gives the register itself, not its complement.
    private static uint AppendByTable(uint crc, ReadOnlySpan<byte> data)
    {
        ref uint t = ref MemoryMarshal.GetArrayDataReference(Tables);
        while (data.Length >= Slices)
        {
            // Each byte goes through the table of its distance from the end of the slice, so the eight look-ups are independent.
            uint low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(data);
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = Unsafe.Add(ref t, (7 * 256) + (low & 0xFF)) ^ Unsafe.Add(ref t, (6 * 256) + ((low >> 8) & 0xFF))
                ^ Unsafe.Add(ref t, (5 * 256) + ((low >> 16) & 0xFF)) ^ Unsafe.Add(ref t, (4 * 256) + (low >> 24))
                ^ Unsafe.Add(ref t, (3 * 256) + (high & 0xFF)) ^ Unsafe.Add(ref t, (2 * 256) + ((high >> 8) & 0xFF))
                ^ Unsafe.Add(ref t, 256 + ((high >> 16) & 0xFF)) ^ Unsafe.Add(ref t, high >> 24);
            data = data[Slices..];
        }

        foreach (byte b in data)
        {
            crc = (crc >> 8) ^ Unsafe.Add(ref t, (crc ^ b) & 0xFF);
        }

        return crc;
    }

    private static uint[] MakeTables()
    {
        const uint polynomial = 0xEDB88320;
        var tables = new uint[Slices * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value >> 1) ^ (polynomial & (0 - (value & 1)));
            }

            tables[i] = value;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            tables[i] = (tables[i - 256] >> 8) ^ tables[tables[i - 256] & 0xFF];
        }

        return tables;
    }
}
