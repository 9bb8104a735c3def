using System.Buffers.Binary;
using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Decodes definition or repetition levels of one page, in either of their encodings.</summary>
internal unsafe struct LevelDecoder
{
    private RleHybridDecoder _runs;

    // Of packed levels: where they are, how many, how wide, and how many were decoded. Levels in runs have no address here.
    private byte* _bits;
    private int _count;
    private int _width;
    private int _index;

    /// <summary>Levels in runs.</summary>
    public LevelDecoder(byte* data, int length, int maxLevel) => _runs = new RleHybridDecoder(data, length, Width(maxLevel));

    /// <summary>Starts on the levels at the front of a page of version 1 and moves behind them.</summary>
    public static LevelDecoder Start(ref byte* at, ref int length, ParquetEncoding encoding, int maxLevel, int count)
    {
        int size;
        LevelDecoder decoder;
        if (encoding == ParquetEncoding.BitPacked)
        {
            long bytes = (((long)count * Width(maxLevel)) + 7) >> 3;
            size = bytes <= length ? (int)bytes : throw ParquetErrors.Page($"its levels need {bytes} bytes, it has {length}");
            decoder = new LevelDecoder { _bits = at, _count = count, _width = Width(maxLevel) };
        }
        else if (encoding == ParquetEncoding.Rle)
        {
            size = length >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(at, sizeof(int))) : -1;
            if (size < 0 || size > length - sizeof(int))
            {
                throw ParquetErrors.Page($"its levels say that they have {size} bytes, it has {length}");
            }

            decoder = new LevelDecoder(at + sizeof(int), size, maxLevel);
            size += sizeof(int);
        }
        else
        {
            throw ParquetErrors.NotSupported($"The encoding {(int)encoding} of levels");
        }

        at += size;
        length -= size;
        return decoder;
    }

    public void Decode(byte* target, int count)
    {
        if (_bits == null)
        {
            _runs.Decode(target, count);
            return;
        }

        CheckCount(count);
        for (int i = 0; i < count; i++)
        {
            target[i] = BigEndianBits(_index + i);
        }

        _index += count;
    }

    /// <summary>Decodes levels of 0 and 1 into a bitmap and returns how many are 1.</summary>
    public int DecodeBits(byte* bits, int start, int count)
    {
        if (_bits == null)
        {
            return _runs.DecodeBits(bits, start, count);
        }

        CheckCount(count);
        int ones = 0;
        for (int i = 0; i < count; i++)
        {
            byte level = BigEndianBits(_index + i);
            Bits.Write(bits, start + i, level != 0);
            ones += level;
        }

        _index += count;
        return ones;
    }

    private static int Width(int maxLevel) => BitOperations.Log2((uint)maxLevel) + 1;

    private readonly void CheckCount(int count)
    {
        if (count > _count - _index)
        {
            throw ParquetErrors.Page("its levels end before its values do");
        }
    }

    // The deprecated packing goes from the highest bit of each byte to the lowest.
    private readonly byte BigEndianBits(int index)
    {
        int level = 0;
        long bit = (long)index * _width;
        for (int i = 0; i < _width; i++, bit++)
        {
            level = (level << 1) | ((_bits[bit >> 3] >> (7 - (int)(bit & 7))) & 1);
        }

        return (byte)level;
    }
}
