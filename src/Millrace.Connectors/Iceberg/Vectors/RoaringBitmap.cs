using System.Buffers.Binary;
using System.Numerics;

namespace Millrace.Connectors.Iceberg;

/// <summary>Sets of numbers of 32 bits in the portable form of Roaring bitmaps: a container for every 65,536 numbers, of one of three kinds.</summary>
internal static class RoaringBitmap
{
    private const uint PlainCookie = 12346;
    private const uint RunCookie = 12347;
    private const int ContainerSize = 1 << 16;

    // Above this a bit for each number is smaller than a list.
    private const int MaxListed = 4096;
    private const int BitmapBytes = ContainerSize / 8;

    // With runs and fewer containers than these there are no offsets.
    private const int OffsetsFrom = 4;

    /// <summary>Reads a bitmap, ascending, and returns how many bytes it takes.</summary>
    /// <param name="bytes">The bitmap; more may follow.</param>
    /// <param name="high">What is above the 32 bits of each number.</param>
    /// <param name="target">Receives the numbers.</param>
    /// <param name="most">More numbers than these are a fault.</param>
    /// <exception cref="InvalidDataException">The bytes are no bitmap.</exception>
    public static int Read(ReadOnlySpan<byte> bytes, long high, List<long> target, long most)
    {
        int at = 0;
        uint cookie = UInt32(bytes, ref at);
        bool hasRuns = (cookie & 0xFFFF) == RunCookie;
        if (!hasRuns && cookie != PlainCookie)
        {
            throw new InvalidDataException("it begins with no cookie of a Roaring bitmap");
        }

        uint containers = hasRuns ? (cookie >> 16) + 1 : UInt32(bytes, ref at);
        if (containers > ContainerSize)
        {
            throw new InvalidDataException($"it has {containers} containers");
        }

        ReadOnlySpan<byte> runs = hasRuns ? Bytes(bytes, ref at, ((int)containers + 7) / 8) : default;
        ReadOnlySpan<byte> keys = Bytes(bytes, ref at, (int)containers * 4);
        if (!hasRuns || containers >= OffsetsFrom)
        {
            _ = Bytes(bytes, ref at, (int)containers * 4);
        }

        int lastKey = -1;
        for (int i = 0; i < (int)containers; i++)
        {
            int key = BinaryPrimitives.ReadUInt16LittleEndian(keys[(4 * i)..]);
            int count = BinaryPrimitives.ReadUInt16LittleEndian(keys[((4 * i) + 2)..]) + 1;
            if (key <= lastKey)
            {
                throw new InvalidDataException("its containers are not in order");
            }

            lastKey = key;
            if (target.Count + (long)count > most)
            {
                throw new InvalidDataException($"it has more than {most} numbers");
            }

            long first = high | ((long)key << 16);
            int before = target.Count;
            if (hasRuns && (runs[i >> 3] & (1 << (i & 7))) != 0)
            {
                ReadRuns(bytes, ref at, first, target, count);
            }
            else if (count > MaxListed)
            {
                ReadBits(Bytes(bytes, ref at, BitmapBytes), first, target);
            }
            else
            {
                ReadList(Bytes(bytes, ref at, 2 * count), first, target);
            }

            if (target.Count - before != count)
            {
                throw new InvalidDataException($"a container has {target.Count - before} numbers and says {count}");
            }
        }

        return at;
    }

    /// <summary>Writes the low 32 bits of numbers, which ascend and have the same bits above.</summary>
    public static void Write(ReadOnlySpan<long> numbers, BinaryWriter target)
    {
        var containers = new List<(ushort Key, int Start, int Count)>();
        for (int start = 0; start < numbers.Length;)
        {
            ushort key = (ushort)(numbers[start] >> 16);
            int end = start;
            while (end < numbers.Length && (ushort)(numbers[end] >> 16) == key)
            {
                end++;
            }

            containers.Add((key, start, end - start));
            start = end;
        }

        target.Write(PlainCookie);
        target.Write(containers.Count);
        foreach ((ushort key, _, int count) in containers)
        {
            target.Write(key);
            target.Write((ushort)(count - 1));
        }

        int offset = 8 + (8 * containers.Count);
        foreach ((_, _, int count) in containers)
        {
            target.Write(offset);
            offset += count > MaxListed ? BitmapBytes : 2 * count;
        }

        foreach ((_, int start, int count) in containers)
        {
            WriteContainer(numbers.Slice(start, count), target);
        }
    }

    private static void WriteContainer(ReadOnlySpan<long> numbers, BinaryWriter target)
    {
        if (numbers.Length <= MaxListed)
        {
            foreach (long number in numbers)
            {
                target.Write((ushort)number);
            }

            return;
        }

        Span<byte> bits = stackalloc byte[BitmapBytes];
        bits.Clear();
        foreach (long number in numbers)
        {
            bits[(ushort)number >> 3] |= (byte)(1 << ((int)number & 7));
        }

        target.Write(bits);
    }

    private static void ReadRuns(ReadOnlySpan<byte> bytes, ref int at, long first, List<long> target, int most)
    {
        int runs = BinaryPrimitives.ReadUInt16LittleEndian(Bytes(bytes, ref at, 2));
        ReadOnlySpan<byte> pairs = Bytes(bytes, ref at, 4 * runs);
        int next = 0;
        int total = 0;
        for (int i = 0; i < runs; i++)
        {
            int start = BinaryPrimitives.ReadUInt16LittleEndian(pairs[(4 * i)..]);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(pairs[((4 * i) + 2)..]) + 1;
            if (start < next || start + length > ContainerSize || (total += length) > most)
            {
                throw new InvalidDataException("its runs are not in order");
            }

            next = start + length;
            for (int j = start; j < next; j++)
            {
                target.Add(first | (uint)j);
            }
        }
    }

    private static void ReadBits(ReadOnlySpan<byte> bits, long first, List<long> target)
    {
        for (int i = 0; i < BitmapBytes; i += sizeof(ulong))
        {
            for (ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bits[i..]); word != 0; word &= word - 1)
            {
                target.Add(first | (uint)((8 * i) + BitOperations.TrailingZeroCount(word)));
            }
        }
    }

    private static void ReadList(ReadOnlySpan<byte> list, long first, List<long> target)
    {
        int last = -1;
        for (int i = 0; i < list.Length; i += 2)
        {
            int value = BinaryPrimitives.ReadUInt16LittleEndian(list[i..]);
            if (value <= last)
            {
                throw new InvalidDataException("its numbers are not in order");
            }

            last = value;
            target.Add(first | (uint)value);
        }
    }

    private static uint UInt32(ReadOnlySpan<byte> bytes, ref int at) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(bytes, ref at, sizeof(uint)));

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> bytes, ref int at, int count)
    {
        if (count > bytes.Length - at)
        {
            throw new InvalidDataException("it ends in the middle");
        }

        ReadOnlySpan<byte> part = bytes.Slice(at, count);
        at += count;
        return part;
    }
}
