namespace Millrace.Formats.Compression;

/// <summary>One of the up to six canonical codes of a block.</summary>
internal sealed class Bzip2Huffman
{
    public const int MaxBits = 20;
    public const int MaxSymbols = 258;

    // By length: the first code beyond it, aligned to MaxBits, and what to subtract from a code to get its place in _symbols.
    private readonly int[] _limits = new int[MaxBits + 2];
    private readonly int[] _bases = new int[MaxBits + 2];
    private readonly short[] _symbols = new short[MaxSymbols];
    private int _shortest;
    private int _count;

    public void Build(ReadOnlySpan<byte> lengths)
    {
        _count = 0;
        _shortest = MaxBits;
        int code = 0;
        for (int bits = 1; bits <= MaxBits; bits++)
        {
            int first = _count;
            for (int symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] == bits)
                {
                    _symbols[_count++] = (short)symbol;
                }
            }

            _bases[bits] = code - first;
            code += _count - first;
            _limits[bits] = code << (MaxBits - bits);
            if (_count > first && bits < _shortest)
            {
                _shortest = bits;
            }

            code <<= 1;
        }
    }

    /// <summary>The next symbol, or -1 when the bits are no code.</summary>
    public int Read(ref Bzip2BitReader reader)
    {
        int window = (int)reader.Peek(MaxBits);
        for (int bits = _shortest; bits <= MaxBits; bits++)
        {
            if (window < _limits[bits])
            {
                int place = (window >> (MaxBits - bits)) - _bases[bits];
                reader.Skip(bits);
                return (uint)place < (uint)_count ? _symbols[place] : -1;
            }
        }

        return -1;
    }
}
