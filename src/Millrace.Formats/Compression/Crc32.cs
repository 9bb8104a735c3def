using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Formats.Compression;

/// <summary>CRC-32 as in gzip, PNG, Avro's snappy codec and Parquet's pages: polynomial 0x04C11DB7, reflected.</summary>
public static class Crc32
{
    private const int Slices = 8;

    private static readonly uint[] Tables = MakeTables();

    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>Goes on from the checksum of what came before; 0 is that of nothing.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        ref uint t = ref MemoryMarshal.GetArrayDataReference(Tables);
        crc = ~crc;
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

        return ~crc;
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
