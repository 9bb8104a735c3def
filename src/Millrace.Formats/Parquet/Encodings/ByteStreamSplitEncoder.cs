using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>The first byte of every value, then the second of every value, and so on (Encodings.md, "BYTE_STREAM_SPLIT").</summary>
internal static unsafe class ByteStreamSplitEncoder
{
    /// <param name="values">The values one after the other.</param>
    /// <param name="count">How many.</param>
    /// <param name="width">Bytes of each.</param>
    /// <param name="target">Where the streams are appended.</param>
    public static void Encode(byte* values, int count, int width, ByteBuffer target)
    {
        int bytes = checked(count * width);
        byte* streams = target.Reserve(bytes);
        for (int stream = 0; stream < width; stream++)
        {
            byte* source = values + stream;
            byte* to = streams + ((long)stream * count);
            for (int i = 0; i < count; i++)
            {
                to[i] = source[(long)i * width];
            }
        }

        target.Advance(bytes);
    }
}
