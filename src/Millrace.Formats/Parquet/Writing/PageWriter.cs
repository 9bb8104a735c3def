using Millrace.Formats.Compression;

namespace Millrace.Formats.Parquet;

/// <summary>Compresses a page, puts its header before it and hands it to the arena. One thread uses it.</summary>
internal sealed class PageWriter(CompressionCodec codec, int level, bool checksum) : IDisposable
{
    private readonly BlockCodec _codec = ParquetCodecs.Get(codec);
    private readonly ScratchBuffer _compressed = new();
    private readonly ThriftWriter _header = new();

    public CompressionCodec Codec => codec;

    /// <summary>Writes a page whose levels are not compressed; those of version 1 pages are part of the values.</summary>
    /// <param name="header">The header, whose sizes and checksum are filled in, and whether the page is compressed.</param>
    /// <param name="levels">Levels of a page of version 2.</param>
    /// <param name="values">The rest of the page.</param>
    /// <param name="arena">Where it goes.</param>
    public PagePlace Write(PageHeader header, ReadOnlySpan<byte> levels, ReadOnlySpan<byte> values, PageArena arena)
    {
        ReadOnlySpan<byte> body = Compress(values);
        if (header.DataPageV2 is { } second)
        {
            // Only this version can say of a page that it did not become smaller; one without values always is that.
            second.IsCompressed = body.Length < values.Length;
            body = body.Length < values.Length ? body : values;
        }

        header.UncompressedSize = checked(levels.Length + values.Length);
        header.CompressedSize = checked(levels.Length + body.Length);
        header.Crc = checksum ? (int)Crc32.Append(Crc32.Compute(levels), body) : null;
        _header.Clear();
        _header.Root(header);
        ReadOnlySpan<byte> head = _header.Written.Span;
        return new(arena.Append(head, levels, body), checked(head.Length + header.CompressedSize), head.Length + (long)header.UncompressedSize);
    }

    public void Dispose() => _compressed.Dispose();

    private ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> values)
    {
        if (codec == CompressionCodec.Uncompressed)
        {
            return values;
        }

        _compressed.EnsureCapacity(_codec.MaxCompressedLength(values.Length));
        return _compressed.Span[.._codec.Compress(values, _compressed.Span, level)];
    }
}
