using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>Cuts a file of JSON lines into ranges that begin behind line feeds, which no record holds.</summary>
internal static class LinePlanner
{
    private const int Look = 16 << 10;

    public static async IAsyncEnumerable<FileRange> PlanAsync(IByteSource source, JsonOptions options, long targetBytes, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!IsDirect(options) || source.Length == long.MaxValue || targetBytes <= 0)
        {
            yield return FileRange.Whole(source.Length);
            yield break;
        }

        long start = 0;
        while (source.Length - start > targetBytes)
        {
            long end = await FindLineAsync(source, start + targetBytes, cancellation).ConfigureAwait(false);
            yield return At(start, end);
            start = end;
        }

        if (start < source.Length || start == 0)
        {
            yield return At(start, source.Length);
        }
    }

    /// <summary>The place behind the last line feed at or after a place; null for a file that is not of lines.</summary>
    public static async ValueTask<long?> FindCompleteEndAsync(IByteSource source, JsonOptions options, long start, CancellationToken cancellation)
    {
        if (!IsDirect(options))
        {
            return null;
        }

        return await LineFeeds.FindLastAsync(source, start, cancellation).ConfigureAwait(false);
    }

    private static bool IsDirect(JsonOptions options)
        => options.Layout == JsonLayout.Lines && options.CodecOrNull is null or FileCodec.None && options.EncodingOrNull is null or TextEncoding.Utf8;

    private static FileRange At(long start, long end) => start == 0 ? new FileRange(0, end, 0, 1) : new FileRange(start, end);

    // The first place behind a line feed at or after a place; the end of the file if there is none.
    private static async ValueTask<long> FindLineAsync(IByteSource source, long from, CancellationToken cancellation)
    {
        using NativeBuffer buffer = BufferPool.Rent(Look);
        long at = from - 1;
        while (true)
        {
            int read = await source.ReadAsync(at, buffer.Memory[..Look], cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return source.Length;
            }

            int found = buffer.Span[..read].IndexOf((byte)'\n');
            if (found >= 0)
            {
                return at + found + 1;
            }

            at += read;
        }
    }
}
