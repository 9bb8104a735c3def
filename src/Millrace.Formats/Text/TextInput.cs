using Millrace.Columnar;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Text;

/// <summary>
/// A range of a text file as sequential UTF-8: decompressed, without a byte order mark, transcoded. Bytes are not
/// validated; the caller does that row by row. One thread at a time uses it.
/// </summary>
public sealed class TextInput : IAsyncDisposable
{
    /// <summary>The least room that <see cref="ReadAsync"/> accepts.</summary>
    public const int MinRead = 8;

    private const int EncodedChunk = 64 << 10;

    private readonly IByteSource _source;
    private readonly Stream? _decoded;
    private NativeBuffer? _encoded;
    private int _encodedStart;
    private int _encodedEnd;
    private long _encodedTotal;
    private bool _encodedAll;
    private long _next;
    private long _end;
    private byte[] _head;

    private TextInput(IByteSource source, FileRange range, TextEncoding encoding, FileCodec codec, Stream? decoded, byte[] head)
    {
        _source = source;
        _decoded = decoded;
        _head = head;
        _end = Math.Min(range.End, source.Length);
        _next = range.Start + (decoded is null ? head.Length : 0);
        Encoding = encoding;
        Codec = codec;
        if (encoding != TextEncoding.Utf8)
        {
            _encoded = BufferPool.Rent(EncodedChunk);
        }
    }

    public TextEncoding Encoding { get; }

    public FileCodec Codec { get; }

    /// <summary>Bytes of the byte order mark that was skipped.</summary>
    public int MarkLength { get; private init; }

    /// <summary>The text's bytes are the file's: a place in the text is a place in the file, and ranges can be read.</summary>
    public bool IsDirect => Codec == FileCodec.None && Encoding == TextEncoding.Utf8;

    /// <summary>File offset of the text's first byte when <see cref="IsDirect"/>.</summary>
    public long Origin { get; private init; }

    /// <summary>Opens a range of a file. The source stays the caller's and outlives the input.</summary>
    /// <param name="source">The file.</param>
    /// <param name="range">What to read; only the whole file when it is compressed or not UTF-8.</param>
    /// <param name="codec">How the file is compressed, or null to look at its first bytes.</param>
    /// <param name="encoding">Encoding of the text, or null to look at its first bytes.</param>
    public static async ValueTask<TextInput> OpenAsync(IByteSource source, FileRange range, FileCodec? codec, TextEncoding? encoding, CancellationToken cancellation)
    {
        bool atStart = range.Start == 0;
        if (!atStart)
        {
            // What begins in the middle was planned, and only direct text is planned.
            return codec is null or FileCodec.None && encoding is null or TextEncoding.Utf8
                ? new TextInput(source, range, TextEncoding.Utf8, FileCodec.None, null, []) { Origin = range.Start }
                : throw TextErrors.RangeNotReadable(source.Name, range);
        }

        byte[] head = await ReadHeadAsync(source, cancellation).ConfigureAwait(false);
        FileCodec found = codec ?? (head.Length == 0 ? FileCodec.None : FileCodecs.Detect(source.Name, head));
        Stream? decoded = null;
        if (found != FileCodec.None)
        {
            RequireWhole(source, range);
            decoded = FileCodecs.OpenRead(new ByteSourceStream(source, 0, source.Length), found, source.Name);
        }

        try
        {
            if (decoded is not null)
            {
                head = await ReadHeadAsync(decoded, cancellation).ConfigureAwait(false);
            }

            TextEncoding text = encoding ?? TextEncodings.Detect(head);
            if (text != TextEncoding.Utf8)
            {
                RequireWhole(source, range);
            }

            int mark = TextEncodings.MarkLength(text, head);
            if (decoded is null && range.End < head.Length)
            {
                head = head[..(int)range.End];
                mark = Math.Min(mark, head.Length);
            }

            var input = new TextInput(source, range, text, found, decoded, head) { MarkLength = mark, Origin = mark };
            input.DropHead(mark);
            return input;
        }
        catch
        {
            if (decoded is not null)
            {
                await decoded.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>
    /// Reads on beyond the range's end, up to <paramref name="end"/>: for a record that starts in the range and ends behind it.
    /// </summary>
    /// <returns>False when the file has no more.</returns>
    public bool ExtendTo(long end)
    {
        end = Math.Min(end, _source.Length);
        if (!IsDirect || end <= _end)
        {
            return false;
        }

        _end = end;
        return true;
    }

    /// <summary>Reads the next UTF-8 bytes: at least one, or 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, MinRead, nameof(target));
        if (_encoded is null)
        {
            return await ReadRawAsync(target, cancellation).ConfigureAwait(false);
        }

        while (true)
        {
            Transcoder.ToUtf8(Encoding, _encoded.Span[_encodedStart.._encodedEnd], target.Span, _encodedAll, out int consumed, out int written);
            _encodedStart += consumed;
            if (written > 0)
            {
                return written;
            }

            if (_encodedAll)
            {
                return _encodedStart == _encodedEnd ? 0 : throw TextErrors.TruncatedText(_source.Name, _encodedTotal + MarkLength);
            }

            int rest = _encodedEnd - _encodedStart;
            _encoded.Span[_encodedStart.._encodedEnd].CopyTo(_encoded.Span);
            _encodedStart = 0;
            _encodedEnd = rest;
            int read = await ReadRawAsync(_encoded.Memory[rest..EncodedChunk], cancellation).ConfigureAwait(false);
            _encodedEnd += read;
            _encodedTotal += read;
            _encodedAll = read == 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _encoded?.Dispose();
        _encoded = null;
        if (_decoded is not null)
        {
            await _decoded.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<int> ReadRawAsync(Memory<byte> target, CancellationToken cancellation)
    {
        if (_head.Length > 0)
        {
            int count = Math.Min(_head.Length, target.Length);
            _head.AsSpan(0, count).CopyTo(target.Span);
            DropHead(count);
            return count;
        }

        if (_decoded is not null)
        {
            return await _decoded.ReadAsync(target, cancellation).ConfigureAwait(false);
        }

        int wanted = (int)Math.Min(target.Length, _end - _next);
        if (wanted <= 0)
        {
            return 0;
        }

        int read = await _source.ReadAsync(_next, target[..wanted], cancellation).ConfigureAwait(false);
        _next += read;
        return read;
    }

    private void DropHead(int count) => _head = _head[count..];

    private static async ValueTask<byte[]> ReadHeadAsync(IByteSource source, CancellationToken cancellation)
    {
        var head = new byte[TextEncodings.HeadSize];
        int read = await source.ReadFullyAsync(0, head, cancellation).ConfigureAwait(false);
        return head[..read];
    }

    private static async ValueTask<byte[]> ReadHeadAsync(Stream stream, CancellationToken cancellation)
    {
        var head = new byte[TextEncodings.HeadSize];
        int read = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        return head[..read];
    }

    private static void RequireWhole(IByteSource source, FileRange range)
    {
        if (range.End < source.Length)
        {
            throw TextErrors.RangeNotReadable(source.Name, range);
        }
    }
}
