using System.Runtime.Intrinsics;

namespace Millrace.Formats.Parquet;

/// <summary>The indices of a dictionary-encoded page: a byte with their width, then runs.</summary>
internal unsafe struct DictionaryIndexDecoder
{
    private RleHybridDecoder _runs;
    private readonly int _dictionaryLength;

    public DictionaryIndexDecoder(byte* data, int length, int dictionaryLength)
    {
        _dictionaryLength = dictionaryLength;
        // A page without values may have no bytes at all.
        int width = length == 0 ? 0 : *data;
        if (width > 32)
        {
            throw ParquetErrors.Page($"its dictionary indices have {width} bits, at most 32 are possible");
        }

        _runs = new RleHybridDecoder(data + 1, Math.Max(0, length - 1), width);
    }

    /// <summary>Decodes indices, all of which lie in the dictionary.</summary>
    public void Decode(int* target, int count)
    {
        _runs.Decode(target, count);
        uint max = Max(target, count);
        if (max >= (uint)_dictionaryLength && count > 0)
        {
            throw ParquetErrors.Page($"the index {max} lies beyond the dictionary of {_dictionaryLength} values");
        }
    }

    private static uint Max(int* values, int count)
    {
        Vector256<uint> maxima = Vector256<uint>.Zero;
        int i = 0;
        for (; i <= count - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            maxima = Vector256.Max(maxima, Vector256.Load((uint*)values + i));
        }

        uint max = 0;
        for (int lane = 0; lane < Vector256<uint>.Count; lane++)
        {
            max = Math.Max(max, maxima[lane]);
        }

        for (; i < count; i++)
        {
            max = Math.Max(max, (uint)values[i]);
        }

        return max;
    }
}
