using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Formats.Compression;

internal enum InflateStatus
{
    /// <summary>The input ends inside an element; more of it is needed.</summary>
    NeedInput,

    /// <summary>The output reached its soft end, or an element does not fit before the hard end.</summary>
    NeedOutput,

    /// <summary>The last block ended.</summary>
    Done,
    Corrupt,
}

/// <summary>
/// Decodes DEFLATE (RFC 1951). Both ends may stop anywhere: state is kept between calls. One thread at a time uses it.
/// </summary>
internal sealed unsafe class Inflater : IDisposable
{
    /// <summary>The longest match, and thus the most that one element writes.</summary>
    public const int MaxMatch = 258;

    /// <summary>How far back a match reaches.</summary>
    public const int WindowSize = 32768;

    public static readonly StatePool<Inflater> Pool = new(() => new Inflater());

    private static readonly uint[] LiteralValues = MakeValues(288, HuffmanTable.LiteralValue);
    private static readonly uint[] DistanceValues = MakeValues(32, HuffmanTable.DistanceValue);
    private static readonly uint[] PlainValues = MakeValues(19, HuffmanTable.PlainValue);

    private readonly uint* _literals = (uint*)NativeMemory.Alloc(HuffmanTable.LiteralEntries + HuffmanTable.DistanceEntries, sizeof(uint));
    private readonly uint* _distances;
    private bool _disposed;
    private ulong _bits;
    private int _bitCount;
    private Stage _stage;
    private bool _lastBlock;
    private int _stored;

    public Inflater() => _distances = _literals + HuffmanTable.LiteralEntries;

    ~Inflater() => Free();

    private enum Stage
    {
        Header,
        Stored,
        Symbols,
        Done,
    }

    private static ReadOnlySpan<byte> CodeLengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>Starts a new stream of blocks.</summary>
    public void Reset()
    {
        _bits = 0;
        _bitCount = 0;
        _stage = Stage.Header;
        _lastBlock = false;
        _stored = 0;
    }

    /// <summary>Decodes until one of the ends is reached.</summary>
    /// <param name="from">Next byte of input; advanced. After <see cref="InflateStatus.Done"/> it stands right behind the last block.</param>
    /// <param name="fromEnd">End of the input at hand. A block's header must fit into one input: it has at most 600 bytes.</param>
    /// <param name="window">Start of the output that matches may reach back to.</param>
    /// <param name="to">Next byte of output; advanced.</param>
    /// <param name="softEnd">Between elements, decoding stops when it is reached.</param>
    /// <param name="toEnd">Nothing is written at or beyond it.</param>
    public InflateStatus Run(ref byte* from, byte* fromEnd, byte* window, ref byte* to, byte* softEnd, byte* toEnd)
    {
        while (true)
        {
            InflateStatus? stop = _stage switch
            {
                Stage.Header => ReadHeader(ref from, fromEnd),
                Stage.Stored => CopyStored(ref from, fromEnd, ref to, softEnd, toEnd),
                Stage.Symbols => DecodeSymbols(ref from, fromEnd, window, ref to, softEnd, toEnd),
                _ => InflateStatus.Done,
            };
            if (stop is { } status)
            {
                GiveBackBytes(ref from);
                if (status == InflateStatus.Done)
                {
                    _bits = 0;
                    _bitCount = 0;
                }

                return status;
            }
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static uint[] MakeValues(int count, Func<int, uint> value)
    {
        // Pinned, so that building tables needs no pinning each time.
        uint[] values = GC.AllocateArray<uint>(count, pinned: true);
        for (int i = 0; i < count; i++)
        {
            values[i] = value(i);
        }

        return values;
    }

    private static uint* Pointer(uint[] pinned) => (uint*)Unsafe.AsPointer(ref pinned[0]);

    private InflateStatus? ReadHeader(ref byte* from, byte* fromEnd)
    {
        if (_lastBlock)
        {
            _stage = Stage.Done;
            return null;
        }

        // All or nothing: when the input ends inside a header, reading it starts again with more input.
        var reader = new BitReader(from, fromEnd, _bits, _bitCount);
        bool last = reader.Read(1) == 1;
        uint kind = reader.Read(2);
        InflateStatus? stop = kind switch
        {
            0 => ReadStoredHeader(ref reader),
            1 => BuildFixed(),
            2 => ReadDynamicHeader(ref reader),
            _ => InflateStatus.Corrupt,
        };
        if (reader.Overrun)
        {
            return InflateStatus.NeedInput;
        }

        if (stop is null)
        {
            from = reader.At;
            _bits = reader.Bits;
            _bitCount = reader.Count;
            _lastBlock = last;
            _stage = kind == 0 ? Stage.Stored : Stage.Symbols;
        }

        return stop;
    }

    private InflateStatus? ReadStoredHeader(ref BitReader reader)
    {
        reader.AlignToByte();
        uint length = reader.Read(16);
        uint complement = reader.Read(16);
        _stored = (int)length;
        return reader.Overrun || length == (complement ^ 0xFFFF) ? null : InflateStatus.Corrupt;
    }

    private InflateStatus? CopyStored(ref byte* from, byte* fromEnd, ref byte* to, byte* softEnd, byte* toEnd)
    {
        GiveBackBytes(ref from);
        byte* end = softEnd < toEnd ? softEnd : toEnd;
        long count = Math.Min(_stored, Math.Min(fromEnd - from, Math.Max(end - to, 0)));
        Unsafe.CopyBlockUnaligned(to, from, (uint)count);
        from += count;
        to += count;
        _stored -= (int)count;
        if (_stored > 0)
        {
            return to >= end ? InflateStatus.NeedOutput : InflateStatus.NeedInput;
        }

        _stage = Stage.Header;
        return null;
    }

    private InflateStatus? BuildFixed()
    {
        Span<byte> lengths = stackalloc byte[288];
        lengths[..144].Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        lengths[280..].Fill(8);
        HuffmanTable.Build(lengths, Pointer(LiteralValues), _literals, HuffmanTable.LiteralBits, HuffmanTable.Special, allowSingle: false);
        Span<byte> distances = stackalloc byte[32];
        distances.Fill(5);
        HuffmanTable.Build(distances, Pointer(DistanceValues), _distances, HuffmanTable.DistanceBits, HuffmanTable.Literal, allowSingle: false);
        return null;
    }

    private InflateStatus? ReadDynamicHeader(ref BitReader reader)
    {
        int literals = (int)reader.Read(5) + 257;
        int distances = (int)reader.Read(5) + 1;
        int codes = (int)reader.Read(4) + 4;
        if (literals > 286 || distances > 30)
        {
            return InflateStatus.Corrupt;
        }

        Span<byte> lengths = stackalloc byte[19];
        lengths.Clear();
        for (int i = 0; i < codes; i++)
        {
            lengths[CodeLengthOrder[i]] = (byte)reader.Read(3);
        }

        const int codeBits = 7;
        uint* codeTable = stackalloc uint[1 << codeBits];
        if (!HuffmanTable.Build(lengths, Pointer(PlainValues), codeTable, codeBits, HuffmanTable.Special, allowSingle: false))
        {
            return InflateStatus.Corrupt;
        }

        Span<byte> all = stackalloc byte[286 + 30];
        if (!ReadCodeLengths(ref reader, codeTable, (1 << codeBits) - 1, all[..(literals + distances)]))
        {
            return InflateStatus.Corrupt;
        }

        // Without a code for the end of the block it could not end.
        bool usable = all[256] != 0
            && HuffmanTable.Build(all[..literals], Pointer(LiteralValues), _literals, HuffmanTable.LiteralBits, HuffmanTable.Special, allowSingle: true)
            && HuffmanTable.Build(all[literals..(literals + distances)], Pointer(DistanceValues), _distances, HuffmanTable.DistanceBits, HuffmanTable.Literal, allowSingle: true);
        return usable ? null : InflateStatus.Corrupt;
    }

    private static bool ReadCodeLengths(ref BitReader reader, uint* table, uint mask, scoped Span<byte> lengths)
    {
        int i = 0;
        while (i < lengths.Length && !reader.Overrun)
        {
            uint entry = table[reader.Peek() & mask];
            reader.Skip((int)(entry & 0xFF));
            uint symbol = entry >> 16;
            if (symbol < 16)
            {
                lengths[i++] = (byte)symbol;
                continue;
            }

            if (symbol == 16 && i == 0)
            {
                return false;
            }

            byte value = symbol == 16 ? lengths[i - 1] : (byte)0;
            int repeat = symbol switch
            {
                16 => 3 + (int)reader.Read(2),
                17 => 3 + (int)reader.Read(3),
                _ => 11 + (int)reader.Read(7),
            };
            if (repeat > lengths.Length - i)
            {
                return false;
            }

            lengths.Slice(i, repeat).Fill(value);
            i += repeat;
        }

        return true;
    }

    private InflateStatus? DecodeSymbols(ref byte* from, byte* fromEnd, byte* window, ref byte* to, byte* softEnd, byte* toEnd)
    {
        InflateStatus? fast = InflateLoop.RunFast(_literals, _distances, ref from, fromEnd, window, ref to, softEnd, toEnd, ref _bits, ref _bitCount);
        if (fast is { } stop)
        {
            return Ended(stop);
        }

        while (true)
        {
            if (to >= softEnd)
            {
                return InflateStatus.NeedOutput;
            }

            if (InflateLoop.RunOne(_literals, _distances, ref from, fromEnd, window, ref to, toEnd, ref _bits, ref _bitCount) is { } one)
            {
                return Ended(one);
            }
        }
    }

    // The end of a block is not the end of the data.
    private InflateStatus? Ended(InflateStatus status)
    {
        if (status != InflateStatus.Done)
        {
            return status;
        }

        _stage = Stage.Header;
        return null;
    }

    // Bytes that were read ahead in this call; fewer than 8 bits stay, so the next call may have its input elsewhere.
    private void GiveBackBytes(ref byte* from)
    {
        from -= _bitCount >> 3;
        _bitCount &= 7;
        _bits &= (1ul << _bitCount) - 1;
    }

    private void Free()
    {
        if (!_disposed)
        {
            _disposed = true;
            NativeMemory.Free(_literals);
        }
    }

    // Reads a header; beyond the end of the input it reads zeros and takes note.
    private ref struct BitReader(byte* at, byte* end, ulong bits, int count)
    {
        private readonly byte* _end = end;

        public byte* At = at;
        public ulong Bits = bits;
        public int Count = count;

        public bool Overrun => Count < 0;

        public uint Peek()
        {
            while (Count is >= 0 and <= 56 && At < _end)
            {
                Bits |= (ulong)*At++ << Count;
                Count += 8;
            }

            return (uint)Bits;
        }

        public uint Read(int count)
        {
            uint value = Peek() & ((1u << count) - 1);
            Skip(count);
            return value;
        }

        public void Skip(int count)
        {
            Bits >>= count;
            Count -= count;
        }

        public void AlignToByte() => Skip(Count & 7);
    }
}
