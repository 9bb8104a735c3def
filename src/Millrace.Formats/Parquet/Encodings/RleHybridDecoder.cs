using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Decodes runs of one number and runs of bit-packed ones (Encodings.md, "Run Length Encoding / Bit-Packing Hybrid"). The
/// memory must be readable <see cref="BitUnpacker.Slack"/> bytes beyond its end.
/// </summary>
internal unsafe struct RleHybridDecoder
{
    private readonly byte* _end;
    private readonly int _width;
    private byte* _at;
    private int _repeats;
    private uint _repeated;
    private byte* _packed;
    private int _packedIndex;
    private int _packedCount;

    public RleHybridDecoder(byte* data, int length, int width)
    {
        _at = data;
        _end = data + length;
        _width = width;
    }

    /// <summary>Decodes levels: numbers of at most 8 bits.</summary>
    public void Decode(byte* target, int count)
    {
        while (count > 0)
        {
            int step = Math.Min(count, NextRun());
            if (_repeats > 0)
            {
                new Span<byte>(target, step).Fill((byte)_repeated);
                _repeats -= step;
            }
            else
            {
                int head = Math.Min(step, -_packedIndex & 7);
                int groups = (step - head) >> 3;
                for (int i = 0; i < head; i++)
                {
                    target[i] = (byte)BitUnpacker.Get(_packed, _packedIndex + i, _width);
                }

                BitUnpacker.Unpack(_packed + (((long)_packedIndex + head) * _width >> 3), target + head, groups, _width);
                for (int i = head + (groups << 3); i < step; i++)
                {
                    target[i] = (byte)BitUnpacker.Get(_packed, _packedIndex + i, _width);
                }

                _packedIndex += step;
            }

            target += step;
            count -= step;
        }
    }

    /// <summary>Decodes indices: numbers of at most 32 bits.</summary>
    public void Decode(int* target, int count)
    {
        while (count > 0)
        {
            int step = Math.Min(count, NextRun());
            if (_repeats > 0)
            {
                new Span<int>(target, step).Fill((int)_repeated);
                _repeats -= step;
            }
            else
            {
                int head = Math.Min(step, -_packedIndex & 7);
                int groups = (step - head) >> 3;
                for (int i = 0; i < head; i++)
                {
                    target[i] = (int)BitUnpacker.Get(_packed, _packedIndex + i, _width);
                }

                BitUnpacker.Unpack(_packed + (((long)_packedIndex + head) * _width >> 3), target + head, groups, _width);
                for (int i = head + (groups << 3); i < step; i++)
                {
                    target[i] = (int)BitUnpacker.Get(_packed, _packedIndex + i, _width);
                }

                _packedIndex += step;
            }

            target += step;
            count -= step;
        }
    }

    /// <summary>Decodes numbers of one bit into a bitmap, which lies in memory as a packed run does, and returns how many are one.</summary>
    public int DecodeBits(byte* bits, int start, int count)
    {
        int ones = 0;
        while (count > 0)
        {
            int step = Math.Min(count, NextRun());
            if (_repeats > 0)
            {
                Bits.Fill(bits, start, step, _repeated != 0);
                ones += _repeated != 0 ? step : 0;
                _repeats -= step;
            }
            else
            {
                Bits.Copy(_packed, _packedIndex, bits, start, step);
                ones += Bits.CountOnes(_packed, _packedIndex, step);
                _packedIndex += step;
            }

            start += step;
            count -= step;
        }

        return ones;
    }

    // Numbers left in the current run, after moving to the next one if there are none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int NextRun()
    {
        if (_repeats > 0)
        {
            return _repeats;
        }

        int packed = _packedCount - _packedIndex;
        return packed > 0 ? packed : ReadRun();
    }

    private int ReadRun()
    {
        _packedIndex = 0;
        _packedCount = 0;
        if (_width == 0)
        {
            // Only zero has no bits; writers may leave the runs out.
            _repeated = 0;
            return _repeats = int.MaxValue;
        }

        while (_at < _end)
        {
            uint head = VarInt.Read(ref _at, _end);
            if ((head & 1) != 0)
            {
                // A last group that is cut short counts for the whole numbers that it has.
                long numbers = Math.Min((long)(head >> 1) * 8, (_end - _at) * 8 / _width);
                _packed = _at;
                _packedCount = (int)Math.Min(numbers, int.MaxValue - 7);
                _at += Math.Min(_end - _at, (long)(head >> 1) * _width);
                if (_packedCount > 0)
                {
                    return _packedCount;
                }
            }
            else
            {
                int bytes = (_width + 7) >> 3;
                if (_end - _at < bytes)
                {
                    break;
                }

                uint value = Unsafe.ReadUnaligned<uint>(_at);
                _repeated = bytes == 4 ? value : value & ((1u << (bytes * 8)) - 1);
                _at += bytes;
                if (BitOperations.Log2(_repeated | 1) >= _width)
                {
                    throw ParquetErrors.Page($"a run repeats {_repeated}, which has more than {_width} bits");
                }

                _repeats = (int)(head >> 1);
                if (_repeats > 0)
                {
                    return _repeats;
                }
            }
        }

        throw ParquetErrors.Page("its runs end before its values do");
    }
}
