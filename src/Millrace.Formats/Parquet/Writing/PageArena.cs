using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// The finished pages of a row group, until it is written: bytes in pooled segments that are never moved, since growing
/// one large block would hold it twice. One thread uses it.
/// </summary>
internal sealed class PageArena : IDisposable
{
    private const int SegmentSize = 1 << 18;

    private readonly List<NativeBuffer> _segments = [];

    /// <summary>Bytes appended since the last <see cref="Clear"/>; also the position of the next page.</summary>
    public long Length { get; private set; }

    /// <summary>Appends the parts of a page one after the other and returns where they start.</summary>
    public long Append(ReadOnlySpan<byte> header, ReadOnlySpan<byte> levels, ReadOnlySpan<byte> values)
    {
        long start = Length;
        Append(header);
        Append(levels);
        Append(values);
        return start;
    }

    /// <summary>Writes a part of what was appended.</summary>
    public async ValueTask CopyToAsync(long position, long length, TargetWriter target, CancellationToken cancellation)
    {
        for (long end = position + length; position < end;)
        {
            int within = (int)(position % SegmentSize);
            int step = (int)Math.Min(end - position, SegmentSize - within);
            await target.WriteAsync(_segments[(int)(position / SegmentSize)].Memory.Slice(within, step), cancellation).ConfigureAwait(false);
            position += step;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Clear()
    {
        foreach (NativeBuffer segment in _segments)
        {
            segment.Dispose();
        }

        _segments.Clear();
        Length = 0;
    }

    public void Dispose() => Clear();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int within = (int)(Length % SegmentSize);
            if (Length == (long)_segments.Count * SegmentSize)
            {
                _segments.Add(BufferPool.Rent(SegmentSize));
            }

            int step = Math.Min(bytes.Length, SegmentSize - within);
            bytes[..step].CopyTo(_segments[^1].Span[within..]);
            bytes = bytes[step..];
            Length += step;
        }
    }
}
