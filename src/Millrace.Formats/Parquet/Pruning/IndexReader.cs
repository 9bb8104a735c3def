using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Reads what lies beside the pages: column indexes, offset indexes and bloom filters.</summary>
internal static class IndexReader
{
    private const int MaxBytes = 128 << 20;

    public static async ValueTask<ColumnIndex?> ReadColumnIndexAsync(IByteSource source, ColumnChunk chunk, CancellationToken cancellation)
        => chunk is { ColumnIndexOffset: { } offset, ColumnIndexLength: { } length }
            ? await ReadAsync<ColumnIndex>(source, offset, length, cancellation).ConfigureAwait(false)
            : null;

    /// <summary>The places of the pages; null if there are none, or they do not go up from row 0.</summary>
    public static async ValueTask<OffsetIndex?> ReadOffsetIndexAsync(IByteSource source, ColumnChunk chunk, long rows, CancellationToken cancellation)
    {
        if (chunk is not { OffsetIndexOffset: { } offset, OffsetIndexLength: { } length })
        {
            return null;
        }

        OffsetIndex index = await ReadAsync<OffsetIndex>(source, offset, length, cancellation).ConfigureAwait(false);
        return IsAscending(index.Pages, rows) ? index : null;
    }

    /// <summary>The bits of a chunk's filter, which the caller owns; null if it has none of a known kind.</summary>
    public static async ValueTask<(NativeBuffer Bits, int Length)?> ReadBloomFilterAsync(IByteSource source, ColumnMetadata column, CancellationToken cancellation)
    {
        if (column.BloomFilterOffset is not { } offset || offset < 0 || offset >= source.Length)
        {
            return null;
        }

        // The length is a later addition; the header says how long the bits are.
        const int headerBytes = 64;
        using NativeBuffer head = BufferPool.Rent(headerBytes);
        int read = await source.ReadFullyAsync(offset, head.Memory[..headerBytes], cancellation).ConfigureAwait(false);
        BloomFilterHeader header = ThriftReader.ReadStruct<BloomFilterHeader>(head.Span[..read], out int headerLength);
        int length = header.ByteCount;
        if (!header.IsKnown || length <= 0 || length > SplitBlockFilter.MaxBytes || length % SplitBlockFilter.BlockSize != 0)
        {
            return null;
        }

        return (await ReadBytesAsync(source, offset + headerLength, length, cancellation).ConfigureAwait(false), length);
    }

    private static async ValueTask<T> ReadAsync<T>(IByteSource source, long offset, int length, CancellationToken cancellation)
        where T : IThriftStruct<T>
    {
        using NativeBuffer bytes = await ReadBytesAsync(source, offset, length, cancellation).ConfigureAwait(false);
        return ThriftReader.ReadStruct<T>(bytes.Span[..length], out _);
    }

    private static async ValueTask<NativeBuffer> ReadBytesAsync(IByteSource source, long offset, int length, CancellationToken cancellation)
    {
        if (offset < 0 || length < 0 || length > MaxBytes || offset > source.Length - length)
        {
            throw ParquetErrors.ChunkOutside(offset, length, source.Length);
        }

        NativeBuffer buffer = BufferPool.Rent(length);
        try
        {
            return await source.ReadFullyAsync(offset, buffer.Memory[..length], cancellation).ConfigureAwait(false) == length
                ? buffer
                : throw ParquetErrors.FileEnds(offset, length);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private static bool IsAscending(List<PageLocation> pages, long rows)
    {
        for (int i = 0; i < pages.Count; i++)
        {
            long before = i == 0 ? -1 : pages[i - 1].FirstRow;
            if (pages[i].FirstRow <= before || pages[i].FirstRow >= rows || pages[i].Offset < 0)
            {
                return false;
            }
        }

        return pages.Count > 0 && pages[0].FirstRow == 0;
    }
}
