using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>The encodings of byte strings that lie one after the other, with their lengths apart.</summary>
internal static unsafe class ByteArrayEncoder
{
    /// <summary>PLAIN: each value after its length in four bytes.</summary>
    public static void EncodePlain(byte* data, int dataLength, int* lengths, int count, ByteBuffer target)
    {
        byte* to = target.Reserve(checked(dataLength + (count * sizeof(int))));
        byte* start = to;
        for (int i = 0; i < count; i++)
        {
            int length = lengths[i];
            *(int*)to = length;
            to += sizeof(int);
            Buffer.MemoryCopy(data, to, length, length);
            to += length;
            data += length;
        }

        target.Advance((int)(to - start));
    }

    /// <summary>DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes.</summary>
    public static void EncodeDeltaLength(byte* data, int dataLength, int* lengths, int count, ByteBuffer target)
    {
        DeltaBinaryPackedEncoder.Encode(lengths, count, target);
        target.Write(new ReadOnlySpan<byte>(data, dataLength));
    }

    /// <summary>
    /// DELTA_BYTE_ARRAY: how many bytes each value shares with the one before it, then the rest of each as above.
    /// <paramref name="prefixes"/> has room for the count; <paramref name="lengths"/> and the data are overwritten by those of the rests.
    /// </summary>
    public static void EncodeDelta(byte* data, int* lengths, int count, int* prefixes, ByteBuffer target)
    {
        byte* from = data;
        int previousLength = 0;
        for (int i = 0; i < count; i++)
        {
            int length = lengths[i];
            var value = new ReadOnlySpan<byte>(from, length);
            prefixes[i] = new ReadOnlySpan<byte>(from - previousLength, previousLength).CommonPrefixLength(value);
            from += length;
            previousLength = length;
        }

        byte* to = data;
        from = data;
        for (int i = 0; i < count; i++)
        {
            int length = lengths[i];
            int rest = length - prefixes[i];
            Buffer.MemoryCopy(from + prefixes[i], to, rest, rest);
            lengths[i] = rest;
            from += length;
            to += rest;
        }

        DeltaBinaryPackedEncoder.Encode(prefixes, count, target);
        EncodeDeltaLength(data, (int)(to - data), lengths, count, target);
    }
}
