namespace Millrace.Formats.Compression;

/// <summary>CRC-32 with the highest bit first, as bzip2 has it. Starts at all ones; the result is complemented.</summary>
internal static class Bzip2Crc
{
    private static readonly uint[] Table = MakeTable();

    public static uint Append(uint crc, byte value) => (crc << 8) ^ Table[(crc >> 24) ^ value];

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i << 24;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value << 1) ^ ((value >> 31) * 0x04C11DB7);
            }

            table[i] = value;
        }

        return table;
    }
}
