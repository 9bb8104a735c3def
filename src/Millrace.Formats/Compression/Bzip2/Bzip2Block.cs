using Millrace.Columnar;

namespace Millrace.Formats.Compression;

/// <summary>
/// One block: decoded whole up to the inverse of the Burrows-Wheeler transform, then its bytes are handed out in pieces
/// while the outer run-length code is undone.
/// </summary>
internal sealed unsafe class Bzip2Block : IDisposable
{
    private const int UnitSize = 100_000;
    private const int GroupSize = 50;
    private const int MaxSelectors = 18002;
    private const int MaxTables = 6;

    private readonly Bzip2Huffman[] _tables = new Bzip2Huffman[MaxTables];
    private readonly byte[] _selectors = new byte[MaxSelectors];
    private readonly byte[] _used = new byte[256];
    private readonly int[] _counts = new int[256];
    private NativeBuffer? _links;
    private int _position;
    private int _left;
    private int _runByte;
    private int _runLength;
    private int _repeats;
    private uint _expectedCrc;
    private uint _crc;

    public Bzip2Block()
    {
        for (int i = 0; i < MaxTables; i++)
        {
            _tables[i] = new Bzip2Huffman();
        }
    }

    public bool IsEmpty => _left == 0 && _repeats == 0;

    /// <summary>The CRC that the block declares.</summary>
    public uint ExpectedCrc => _expectedCrc;

    /// <summary>Reads a block behind its magic number; false when the input ends before the block does.</summary>
    public bool Read(ref Bzip2BitReader reader, int level)
    {
        int capacity = level * UnitSize;
        if (_links is null || _links.Capacity < capacity * sizeof(uint))
        {
            _links?.Dispose();
            _links = BufferPool.Rent(capacity * sizeof(uint));
        }

        _expectedCrc = (reader.Read(16) << 16) | reader.Read(16);
        bool randomised = reader.Read(1) == 1;
        int origin = (int)reader.Read(24);
        int symbols = ReadUsedBytes(ref reader);
        if (!ReadCodes(ref reader, symbols, out int selectors))
        {
            return false;
        }

        uint* links = (uint*)_links.Pointer;
        int length = ReadBytes(ref reader, symbols, selectors, links, capacity);
        if (length < 0)
        {
            return false;
        }

        if (randomised)
        {
            throw new DecodeException("it uses the randomised blocks of bzip2 before version 0.9.5");
        }

        if (origin >= length)
        {
            throw new DecodeException("a block's origin lies outside the block");
        }

        Link(links, length);
        _position = (int)(links[origin] >> 8);
        _left = length;
        _runLength = 0;
        _runByte = -1;
        _repeats = 0;
        _crc = uint.MaxValue;
        return true;
    }

    /// <summary>Writes bytes of the block; checks its CRC with the last one.</summary>
    public int Take(Span<byte> output)
    {
        uint* links = (uint*)_links!.Pointer;
        int written = 0;
        while (written < output.Length)
        {
            if (_repeats > 0)
            {
                _repeats--;
                output[written++] = (byte)_runByte;
                _crc = Bzip2Crc.Append(_crc, (byte)_runByte);
                continue;
            }

            if (_left == 0)
            {
                break;
            }

            uint link = links[_position];
            _position = (int)(link >> 8);
            _left--;
            int value = (int)(link & 0xFF);
            if (_runLength == 4)
            {
                // After four equal bytes stands how many more follow.
                _repeats = value;
                _runLength = 0;
                continue;
            }

            _runLength = value == _runByte ? _runLength + 1 : 1;
            _runByte = value;
            output[written++] = (byte)value;
            _crc = Bzip2Crc.Append(_crc, (byte)value);
        }

        if (IsEmpty && ~_crc != _expectedCrc)
        {
            throw new DecodeException("checksum", ~_crc, _expectedCrc);
        }

        return written;
    }

    public void Dispose()
    {
        _links?.Dispose();
        _links = null;
    }

    private int ReadUsedBytes(ref Bzip2BitReader reader)
    {
        uint groups = reader.Read(16);
        int count = 0;
        for (int group = 0; group < 16; group++)
        {
            uint members = (groups & (0x8000u >> group)) != 0 ? reader.Read(16) : 0;
            for (int i = 0; i < 16; i++)
            {
                if ((members & (0x8000u >> i)) != 0)
                {
                    _used[count++] = (byte)((group * 16) + i);
                }
            }
        }

        return count;
    }

    private bool ReadCodes(ref Bzip2BitReader reader, int symbols, out int selectors)
    {
        int tables = (int)reader.Read(3);
        selectors = (int)reader.Read(15);
        if (reader.Overrun)
        {
            return false;
        }

        if (symbols == 0 || tables is < 2 or > MaxTables || selectors == 0)
        {
            throw new DecodeException("a block's header is not valid");
        }

        Span<byte> order = [0, 1, 2, 3, 4, 5];
        for (int i = 0; i < selectors; i++)
        {
            int place = 0;
            while (reader.Read(1) == 1)
            {
                if (++place >= tables)
                {
                    throw new DecodeException("a block selects a code that it does not have");
                }
            }

            byte table = order[place];
            order[..place].CopyTo(order[1..]);
            order[0] = table;

            // Some writers add selectors that no block is long enough to use.
            if (i < MaxSelectors)
            {
                _selectors[i] = table;
            }
        }

        selectors = Math.Min(selectors, MaxSelectors);
        Span<byte> lengths = stackalloc byte[Bzip2Huffman.MaxSymbols];
        for (int table = 0; table < tables; table++)
        {
            int bits = (int)reader.Read(5);
            for (int i = 0; i < symbols + 2; i++)
            {
                while (reader.Read(1) == 1)
                {
                    bits += reader.Read(1) == 0 ? 1 : -1;
                    if (reader.Overrun)
                    {
                        return false;
                    }

                    if (bits is < 1 or > Bzip2Huffman.MaxBits)
                    {
                        throw new DecodeException("a code is longer than 20 bits");
                    }
                }

                if (bits is < 1 or > Bzip2Huffman.MaxBits)
                {
                    return reader.Overrun ? false : throw new DecodeException("a code is longer than 20 bits");
                }

                lengths[i] = (byte)bits;
            }

            _tables[table].Build(lengths[..(symbols + 2)]);
        }

        return !reader.Overrun;
    }

    // Undoes the Huffman, zero-run and move-to-front codes. Returns the bytes of the block, or -1 when the input ends.
    private int ReadBytes(ref Bzip2BitReader reader, int symbols, int selectors, uint* target, int capacity)
    {
        Span<byte> front = stackalloc byte[256];
        _used.CopyTo(front);
        Array.Clear(_counts);
        int end = symbols + 1;
        int length = 0;
        int run = 0;
        int runBit = 1;
        for (int group = 0; group < selectors; group++)
        {
            Bzip2Huffman table = _tables[_selectors[group]];
            for (int i = 0; i < GroupSize; i++)
            {
                int symbol = table.Read(ref reader);
                if (reader.Overrun)
                {
                    return -1;
                }

                if (symbol is 0 or 1)
                {
                    // A run's length in bijective base 2.
                    run += runBit << symbol;
                    runBit <<= 1;
                    if (run > capacity)
                    {
                        throw new DecodeException("a run is longer than its block");
                    }

                    continue;
                }

                if (run > 0)
                {
                    if (run > capacity - length)
                    {
                        throw new DecodeException("a block is longer than its header allows");
                    }

                    new Span<uint>(target + length, run).Fill(front[0]);
                    _counts[front[0]] += run;
                    length += run;
                    run = 0;
                    runBit = 1;
                }

                if (symbol == end)
                {
                    return length;
                }

                if (symbol < 0 || length == capacity)
                {
                    throw new DecodeException(symbol < 0 ? "bits are no code" : "a block is longer than its header allows");
                }

                int place = symbol - 1;
                byte value = front[place];
                front[..place].CopyTo(front[1..]);
                front[0] = value;
                target[length++] = value;
                _counts[value]++;
            }
        }

        throw new DecodeException("a block does not end");
    }

    // Row i of the sorted rotations: its byte in the low 8 bits, and above them the row of the rotation that comes next.
    private void Link(uint* links, int length)
    {
        int* starts = stackalloc int[256];
        int sum = 0;
        for (int value = 0; value < 256; value++)
        {
            starts[value] = sum;
            sum += _counts[value];
        }

        for (int i = 0; i < length; i++)
        {
            links[starts[links[i] & 0xFF]++] |= (uint)i << 8;
        }
    }
}
