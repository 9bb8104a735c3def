using Millrace.Formats.Compression;

namespace Millrace.Formats.Parquet;

/// <summary>Compresses a page, puts its header before it and hands it to the arena. One thread uses it.</summary>
internal sealed class PageWriter(CompressionCodec codec, int level) : IDisposable
{
    private readonly BlockCodec _codec = ParquetCodecs.Get(codec);
    private readonly ScratchBuffer _compressed = new();
    private readonly ThriftWriter _header = new();

    public CompressionCodec Codec => codec;

    /// <summary>Writes a page whose levels are not compressed; those of version 1 pages are part of the values.</summary>
    /// <param name="header">The header, whose sizes are filled in.</param>
    /// <param name="levels">Levels of a page of version 2.</param>
    /// <param name="values">The rest of the page.</param>
    /// <param name="arena">Where it goes.</param>
    /// <param name="length">Bytes that were written.</param>
    public long Write(PageHeader header, ReadOnlySpan<byte> levels, ReadOnlySpan<byte> values, PageArena arena, out int length)
    {
        ReadOnlySpan<byte> body = Compress(values);
        header.UncompressedSize = checked(levels.Length + values.Length);
        header.CompressedSize = checked(levels.Length + body.Length);
        _header.Clear();
        _header.Root(header);
        ReadOnlySpan<byte> head = _header.Written.Span;
        length = checked(head.Length + header.CompressedSize);
        UncompressedLength = head.Length + (long)header.UncompressedSize;
        return arena.Append(head, levels, body);
    }

    /// <summary>Bytes that the last page with its header would have without compression.</summary>
    public long UncompressedLength { get; private set; }

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
