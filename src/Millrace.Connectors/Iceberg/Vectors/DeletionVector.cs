using System.Buffers.Binary;
using Millrace.Formats.Compression;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// The deleted rows of one data file as a blob of type <c>deletion-vector-v1</c> (Puffin specification, "Blob types"): its length, a magic
/// number, Roaring bitmaps by the high 32 bits of the rows' numbers, and a checksum.
/// </summary>
internal static class DeletionVector
{
    // Length and checksum, which have the highest byte first, do not count themselves.
    private const int Frame = 2 * sizeof(uint);
    private const int MaxBitmaps = 1 << 16;

    private static ReadOnlySpan<byte> Magic => [0xD1, 0xD3, 0x39, 0x64];

    /// <summary>Numbers of the deleted rows, ascending.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="most">Rows that there may be.</param>
    /// <exception cref="InvalidDataException">The bytes are no deletion vector.</exception>
    public static long[] Read(ReadOnlySpan<byte> blob, long most)
    {
        if (blob.Length < Frame + Magic.Length + sizeof(long) || BinaryPrimitives.ReadUInt32BigEndian(blob) != blob.Length - Frame)
        {
            throw new InvalidDataException("its length is not the one that it tells");
        }

        ReadOnlySpan<byte> sealedPart = blob[sizeof(uint)..^sizeof(uint)];
        if (!sealedPart.StartsWith(Magic))
        {
            throw new InvalidDataException("it does not begin as one");
        }

        if (Crc32.Compute(sealedPart) != BinaryPrimitives.ReadUInt32BigEndian(blob[^sizeof(uint)..]))
        {
            throw new InvalidDataException("it does not have its checksum");
        }

        ReadOnlySpan<byte> vector = sealedPart[Magic.Length..];
        long bitmaps = BinaryPrimitives.ReadInt64LittleEndian(vector);
        vector = vector[sizeof(long)..];
        if (bitmaps is < 0 or > MaxBitmaps)
        {
            throw new InvalidDataException($"it has {bitmaps} bitmaps");
        }

        var rows = new List<long>();
        long last = -1;
        for (long i = 0; i < bitmaps; i++)
        {
            if (vector.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(vector) is var key && (key <= last || key > int.MaxValue))
            {
                throw new InvalidDataException("its bitmaps are not in order");
            }

            last = BinaryPrimitives.ReadUInt32LittleEndian(vector);
            vector = vector[sizeof(uint)..];
            vector = vector[RoaringBitmap.Read(vector, last << 32, rows, most)..];
        }

        return vector.Length == 0 ? [.. rows] : throw new InvalidDataException("more bytes follow its last bitmap");
    }

    /// <summary>The blob of rows, whose numbers ascend, each once.</summary>
    public static byte[] Write(ReadOnlySpan<long> rows)
    {
        using var stream = new MemoryStream();
        using var target = new BinaryWriter(stream);
        target.Write(0);
        target.Write(Magic);
        target.Write(0L);
        long bitmaps = 0;
        for (int start = 0; start < rows.Length; bitmaps++)
        {
            long key = rows[start] >> 32;
            int end = start;
            while (end < rows.Length && rows[end] >> 32 == key)
            {
                end++;
            }

            target.Write((uint)key);
            RoaringBitmap.Write(rows[start..end], target);
            start = end;
        }

        target.Write(0);
        byte[] blob = stream.ToArray();
        Span<byte> sealedPart = blob.AsSpan(sizeof(uint)..^sizeof(uint));
        BinaryPrimitives.WriteInt64LittleEndian(sealedPart[Magic.Length..], bitmaps);
        BinaryPrimitives.WriteInt32BigEndian(blob, blob.Length - Frame);
        BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(^sizeof(uint)..), Crc32.Compute(sealedPart));
        return blob;
    }
}
