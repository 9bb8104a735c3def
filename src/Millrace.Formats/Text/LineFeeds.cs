using Millrace.Columnar;

namespace Millrace.Formats.Text;

/// <summary>Finds line feeds from the end of a file, whatever its format.</summary>
public static class LineFeeds
{
    private const int Look = 16 << 10;

    /// <summary>The place behind the last line feed at or after a place; that place if there is none.</summary>
    public static async ValueTask<long> FindLastAsync(IByteSource source, long start, CancellationToken cancellation)
    {
        using NativeBuffer buffer = BufferPool.Rent(Look);
        long end = source.Length;
        while (end > start)
        {
            long from = Math.Max(start, end - Look);
            int read = await source.ReadFullyAsync(from, buffer.Memory[..(int)(end - from)], cancellation).ConfigureAwait(false);
            int found = buffer.Span[..read].LastIndexOf((byte)'\n');
            if (found >= 0)
            {
                return from + found + 1;
            }

            end = from;
        }

        return start;
    }
}
