using System.Runtime.CompilerServices;

namespace Millrace.Formats.Avro;

/// <summary>Cuts a file at its markers without reading what lies between the cuts.</summary>
internal static class BlockRanges
{
    private const int ChunkBytes = 64 << 10;

    public static async IAsyncEnumerable<FileRange> PlanAsync(
        IByteSource source,
        AvroHeader header,
        long targetBytes,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (source.Length == long.MaxValue)
        {
            yield return FileRange.Whole(source.Length);
            yield break;
        }

        targetBytes = Math.Max(targetBytes, 1);
        long start = 0;
        while (source.Length - start > targetBytes)
        {
            long cut = await FindBlockAsync(source, header, Math.Max(start + targetBytes, header.Length), cancellation).ConfigureAwait(false);
            if (cut >= source.Length)
            {
                break;
            }

            yield return new FileRange(start, cut, start == 0 ? 0 : -1);
            start = cut;
        }

        yield return new FileRange(start, source.Length, start == 0 ? 0 : -1);
    }

    // The first block that starts at a position or behind it; the file's length if there is none.
    private static async ValueTask<long> FindBlockAsync(IByteSource source, AvroHeader header, long position, CancellationToken cancellation)
    {
        byte[] chunk = new byte[ChunkBytes];
        position = Math.Max(position - AvroHeader.SyncSize, 0);
        while (true)
        {
            int length = await source.ReadFullyAsync(position, chunk, cancellation).ConfigureAwait(false);
            int searched = 0;
            while (chunk.AsSpan(searched, length - searched).IndexOf(header.Sync) is int found and >= 0)
            {
                long block = position + searched + found + AvroHeader.SyncSize;
                if (block >= source.Length || await IsBlockAsync(source, header, block, cancellation).ConfigureAwait(false))
                {
                    return block;
                }

                searched += found + 1;
            }

            if (length < chunk.Length)
            {
                return source.Length;
            }

            position += length - AvroHeader.SyncSize + 1;
        }
    }

    // The marker's bytes can also stand within the rows; then no block with a marker behind it follows.
    private static async ValueTask<bool> IsBlockAsync(IByteSource source, AvroHeader header, long start, CancellationToken cancellation)
    {
        byte[] bytes = new byte[2 * AvroVarints.MaxLength];
        int length = await source.ReadFullyAsync(start, bytes, cancellation).ConfigureAwait(false);
        if (AvroVarints.Read(bytes.AsSpan(0, length), out long rows, out int first) != AvroVarint.Read
            || AvroVarints.Read(bytes.AsSpan(first, length - first), out long size, out int second) != AvroVarint.Read
            || rows < 0
            || size < 0
            || size > source.Length - start - first - second - AvroHeader.SyncSize)
        {
            return false;
        }

        byte[] marker = new byte[AvroHeader.SyncSize];
        await source.ReadFullyAsync(start + first + second + size, marker, cancellation).ConfigureAwait(false);
        return marker.AsSpan().SequenceEqual(header.Sync);
    }
}
