using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// The definition or repetition levels of a page. While all of them are one level nothing is stored but how many, which is
/// all that a column without nulls needs.
/// </summary>
internal sealed unsafe class LevelBuffer(int maxLevel, byte usual) : IDisposable
{
    private readonly ByteBuffer _levels = new();
    private bool _uniform = true;

    public int Count { get; private set; }

    /// <summary>How often each level occurs in the page. Readers can tell without it for a column that is not nested.</summary>
    public long[] Histogram { get; } = new long[maxLevel + 1];

    public int Width { get; } = RleHybridEncoder.WidthOf(maxLevel);

    /// <summary>Appends the usual level many times.</summary>
    public void AppendUsual(int count)
    {
        if (!_uniform)
        {
            new Span<byte>(_levels.Reserve(count), count).Fill(usual);
            _levels.Advance(count);
        }

        Count += count;
        Histogram[usual] += count;
    }

    /// <summary>Appends level 1 for a set bit and level 0 for another. The usual level is 1.</summary>
    public void AppendBits(Bitmap bits, int ones)
    {
        Materialise();
        int count = bits.Length;
        byte* target = _levels.Reserve(count + 8);
        for (int at = 0; at < count; at += 64)
        {
            ulong word = bits.Word(at);
            int step = Math.Min(64, count - at);
            for (int i = 0; i < step; i += 8)
            {
                // Bit k of the byte goes to the lowest bit of byte k.
                Unsafe.WriteUnaligned(target + at + i, Spread((byte)(word >> i)));
            }
        }

        _levels.Advance(count);
        Count += count;
        Histogram[1] += ones;
        Histogram[0] += count - ones;
    }

    public void Append(ReadOnlySpan<byte> levels)
    {
        Materialise();
        _levels.Write(levels);
        Count += levels.Length;
        foreach (byte level in levels)
        {
            Histogram[level]++;
        }
    }

    /// <summary>Appends the encoded levels, which the page's version says with or without their length.</summary>
    public void Encode(ByteBuffer target)
    {
        if (_uniform)
        {
            RleHybridEncoder.AppendRun(target, Count, usual, Width);
        }
        else
        {
            RleHybridEncoder.Encode(_levels.Pointer, Count, Width, target);
        }
    }

    public void Clear()
    {
        _levels.Release();
        _uniform = true;
        Count = 0;
        Array.Clear(Histogram);
    }

    public void Dispose() => _levels.Dispose();

    private void Materialise()
    {
        if (_uniform)
        {
            _uniform = false;
            new Span<byte>(_levels.Reserve(Count), Count).Fill(usual);
            _levels.Advance(Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Spread(byte bits)
    {
        // Every byte gets the bits and keeps one of them; adding 0x7F turns that one into the highest bit.
        ulong kept = (bits * 0x0101_0101_0101_0101UL) & 0x8040_2010_0804_0201UL;
        return ((kept + 0x007F_7F7F_7F7F_7F7FUL) | kept) >> 7 & 0x0101_0101_0101_0101UL;
    }
}
