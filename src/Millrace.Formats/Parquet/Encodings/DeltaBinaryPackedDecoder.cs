using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Formats.Parquet;

/// <summary>
/// DELTA_BINARY_PACKED: blocks of differences to the least difference of the block, each miniblock packed with a width of
/// its own. Sums wrap around, so one decoder serves both widths.
/// </summary>
internal unsafe struct DeltaBinaryPackedDecoder
{
    private const int MaxBlock = 1 << 24;

    private readonly byte* _end;
    private readonly int _perMiniblock;
    private readonly int _miniblocks;
    private byte* _at;
    private long _left;
    private bool _first = true;
    private long _value;
    private long _minDelta;
    private byte* _widths;
    private int _miniblock;
    private byte* _packed;
    private int _width;
    private int _index;
    private int _inMiniblock;

    public DeltaBinaryPackedDecoder(byte* data, int length)
    {
        _at = data;
        _end = data + length;
        uint block = VarInt.Read(ref _at, _end);
        uint miniblocks = VarInt.Read(ref _at, _end);
        uint count = VarInt.Read(ref _at, _end);
        _value = VarInt.ReadZigZag(ref _at, _end);
        if (block is 0 or > MaxBlock || miniblocks == 0 || miniblocks > block || block % miniblocks != 0 || block / miniblocks % 8 != 0 || count > int.MaxValue)
        {
            throw ParquetErrors.Page($"it has blocks of {block} values in {miniblocks} parts, {count} values in all");
        }

        _perMiniblock = (int)(block / miniblocks);
        _miniblocks = (int)miniblocks;
        _miniblock = _miniblocks;
        _left = count;
    }

    /// <summary>Values not yet decoded.</summary>
    public readonly int Left => (int)_left;

    /// <summary>Where the bytes after the values begin; called before any is decoded.</summary>
    public readonly byte* FindEnd()
    {
        byte* at = _at;
        for (long left = _left - 1; left > 0;)
        {
            VarInt.ReadLong(ref at, _end);
            byte* widths = at;
            at += CheckRoom(at, _miniblocks);
            for (int i = 0; i < _miniblocks && left > 0; i++, left -= _perMiniblock)
            {
                at += CheckRoom(at, PackedBytes(widths[i]));
            }
        }

        return at;
    }

    public void Decode(int* target, int count)
    {
        CheckCount(count);
        while (count > 0)
        {
            int step = NextRun(count);
            if (step == 0)
            {
                *target++ = (int)TakeFirst();
                count--;
                continue;
            }

            int value = (int)_value;
            int minDelta = (int)_minDelta;
            int i = 0;
            if (CanAddEight(step))
            {
                var eight = new BitUnpacker.Eight(_width);
                byte* packed = _packed + ((long)_index * _width >> 3);
                for (; i <= step - 8; i += 8)
                {
                    Vector256<int> values = RunningSum.Of(eight.Next(ref packed) + Vector256.Create(minDelta)) + Vector256.Create(value);
                    values.Store(target + i);
                    value = values[7];
                }
            }

            for (; i < step; i++)
            {
                value += minDelta + (int)Delta(_index + i);
                target[i] = value;
            }

            _value = value;
            Advance(step);
            target += step;
            count -= step;
        }
    }

    public void Decode(long* target, int count)
    {
        CheckCount(count);
        while (count > 0)
        {
            int step = NextRun(count);
            if (step == 0)
            {
                *target++ = TakeFirst();
                count--;
                continue;
            }

            long value = _value;
            long minDelta = _minDelta;
            int i = 0;
            if (CanAddEight(step))
            {
                var eight = new BitUnpacker.Eight(_width);
                byte* packed = _packed + ((long)_index * _width >> 3);
                for (; i <= step - 8; i += 8)
                {
                    (Vector256<long> lower, Vector256<long> upper) = Vector256.Widen(eight.Next(ref packed));
                    lower = RunningSum.Of(lower + Vector256.Create(minDelta)) + Vector256.Create(value);
                    upper = RunningSum.Of(upper + Vector256.Create(minDelta)) + Vector256.Create(lower[3]);
                    lower.Store(target + i);
                    upper.Store(target + i + 4);
                    value = upper[3];
                }
            }

            for (; i < step; i++)
            {
                value += minDelta + (long)Delta(_index + i);
                target[i] = value;
            }

            _value = value;
            Advance(step);
            target += step;
            count -= step;
        }
    }

    // A group of eight begins at a whole byte.
    private readonly bool CanAddEight(int step) => Avx2.IsSupported && step >= 8 && _width <= BitUnpacker.Eight.MaxWidth && (_index & 7) == 0;

    private void CheckCount(int count)
    {
        if (count > _left)
        {
            throw ParquetErrors.ValuesMissing(count, _left);
        }
    }

    private long TakeFirst()
    {
        _first = false;
        _left--;
        return _value;
    }

    private void Advance(int step)
    {
        _index += step;
        _left -= step;
    }

    // How many of the wanted values the current miniblock gives; 0 for the first value, which stands in the header.
    private int NextRun(int wanted)
    {
        if (_first)
        {
            return 0;
        }

        if (_index == _inMiniblock)
        {
            StartMiniblock();
        }

        return Math.Min(wanted, _inMiniblock - _index);
    }

    private void StartMiniblock()
    {
        if (_miniblock == _miniblocks)
        {
            _minDelta = VarInt.ReadZigZag(ref _at, _end);
            _widths = _at;
            _at += CheckRoom(_at, _miniblocks);
            _miniblock = 0;
        }

        _width = _widths[_miniblock++];
        _packed = _at;
        _at += CheckRoom(_at, PackedBytes(_width));
        _index = 0;
        _inMiniblock = _perMiniblock;
    }

    private readonly long PackedBytes(int width)
        => width <= 64 ? (long)width * _perMiniblock / 8 : throw ParquetErrors.Page($"its differences have {width} bits, at most 64 are possible");

    private readonly long CheckRoom(byte* at, long bytes)
        => bytes <= _end - at ? bytes : throw ParquetErrors.Page("its differences end before its values do");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong Delta(int index)
    {
        // Up to 57 bits one word holds the number wherever it starts.
        return _width <= 57 ? BitUnpacker.Get(_packed, index, _width) : WideDelta(index);
    }

    private readonly ulong WideDelta(int index)
    {
        long bit = (long)index * _width;
        byte* at = _packed + (bit >> 3);
        int shift = (int)(bit & 7);
        ulong word = Unsafe.ReadUnaligned<ulong>(at) >> shift;
        word |= shift == 0 ? 0 : (ulong)at[8] << (64 - shift);
        return _width == 64 ? word : word & ((1UL << _width) - 1);
    }
}
