namespace Millrace.Formats.Compression;

/// <summary>Inflates data that lies whole in memory.</summary>
internal static unsafe class InflateBlock
{
    private const int FirstCapacity = 64 << 10;

    // A match of 258 bytes can take as little as two bits.
    private const int MaxExpansion = 1032;

    /// <summary>Inflates into the target and returns the bytes written; <paramref name="consumed"/> is where the data ended.</summary>
    public static int Exact(ReadOnlySpan<byte> source, Span<byte> target, string codec, out int consumed)
    {
        Inflater inflater = Inflater.Pool.Rent();
        try
        {
            inflater.Reset();
            fixed (byte* start = source)
            fixed (byte* targetStart = target)
            {
                byte* from = start;
                byte* to = targetStart;
                byte* end = to + target.Length;
                InflateStatus status = inflater.Run(ref from, from + source.Length, to, ref to, end + 1, end);
                consumed = (int)(from - start);
                return status switch
                {
                    InflateStatus.Done => (int)(to - targetStart),
                    InflateStatus.NeedOutput => throw CompressionErrors.LongerThanDeclared(codec, target.Length),
                    _ => throw Broken(status, codec),
                };
            }
        }
        finally
        {
            Inflater.Pool.Return(inflater);
        }
    }

    /// <summary>Inflates behind the first <paramref name="keep"/> bytes of the target, which grows, and returns the bytes that it then holds.</summary>
    public static int Growing(ReadOnlySpan<byte> source, ScratchBuffer target, int keep, int limit, string codec, out int consumed)
    {
        Inflater inflater = Inflater.Pool.Rent();
        try
        {
            inflater.Reset();
            int most = (int)Math.Min(keep + (source.Length * (long)MaxExpansion) + Inflater.MaxMatch, limit);
            int length = keep;
            target.EnsureCapacity(Math.Min(Math.Max(FirstCapacity, keep), Math.Max(most, 1)), keep);
            fixed (byte* start = source)
            {
                byte* from = start;
                while (true)
                {
                    byte* to = target.Pointer + length;
                    byte* end = target.Pointer + Math.Min(target.Capacity, most);
                    InflateStatus status = inflater.Run(ref from, start + source.Length, target.Pointer + keep, ref to, end + 1, end);
                    length = (int)(to - target.Pointer);
                    consumed = (int)(from - start);
                    if (status == InflateStatus.Done)
                    {
                        return length;
                    }

                    if (status != InflateStatus.NeedOutput)
                    {
                        throw Broken(status, codec);
                    }

                    if (target.Capacity >= most)
                    {
                        throw CompressionErrors.TooLarge(codec, limit);
                    }

                    target.Grow(FirstCapacity, most, length);
                }
            }
        }
        finally
        {
            Inflater.Pool.Return(inflater);
        }
    }

    private static MillraceException Broken(InflateStatus status, string codec)
        => CompressionErrors.Corrupt(codec, status == InflateStatus.NeedInput ? "it ends too early" : "it is not a valid DEFLATE stream");
}
