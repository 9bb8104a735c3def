using System.Buffers;
using Millrace.Connectors.Common;
using Millrace.Formats;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Connectors.Files;

/// <summary>A file that is open, with what is known of how to read it. Owns the source.</summary>
internal sealed class OpenFile(FileEntry entry, FileFormat format, FormatOptions options, StoreByteSource source, RecentInspections? recent = null) : IAsyncDisposable
{
    private const int HeadSize = 256;
    private const int ChunkSize = 64 << 10;

    public FileEntry Entry => entry;

    public FileFormat Format => format;

    /// <summary>Options as the user gave them, before sniffing.</summary>
    public FormatOptions Options => options;

    public IByteSource Source => source;

    /// <summary>Whether somebody wrote to the file after it was found.</summary>
    public bool IsTouched { get; init; }

    /// <summary>Bytes of the file that were read so far.</summary>
    public long BytesRead => source.BytesRead;

    /// <summary>What a reader needs to know of the file.</summary>
    public ValueTask<FileInspection> InspectAsync(CancellationToken cancellation) => recent is null ? format.InspectAsync(source, options, cancellation) : recent.GetAsync(this, cancellation);

    /// <summary>Where the last complete row ends, for files that can grow by rows which are read without the others; null for other files.</summary>
    /// <param name="start">Where a row begins; the answer when none behind it is complete.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async ValueTask<long?> FindCompleteEndAsync(long start, CancellationToken cancellation)
    {
        if (format.Capabilities.SelfDescribing)
        {
            return null;
        }

        (byte[] head, FileCodec codec) = await ReadHeadAsync(cancellation).ConfigureAwait(false);
        if (codec != FileCodec.None || TextEncodings.Detect(head) != TextEncoding.Utf8)
        {
            return null;
        }

        FileInspection inspection = await InspectAsync(cancellation).ConfigureAwait(false);
        return await format.FindCompleteEndAsync(source, inspection, start, cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether nothing of the file can be used before its end is there.</summary>
    public async ValueTask<bool> NeedsEndAsync(CancellationToken cancellation)
    {
        (byte[] head, FileCodec codec) = await ReadHeadAsync(cancellation).ConfigureAwait(false);
        return codec != FileCodec.None || format.NeedsEnd(head, options);
    }

    /// <summary>Throws when the file ends too early. A compressed one is decompressed to its end for that.</summary>
    public async ValueTask CheckEndAsync(CancellationToken cancellation)
    {
        (_, FileCodec codec) = await ReadHeadAsync(cancellation).ConfigureAwait(false);
        if (codec == FileCodec.None)
        {
            await format.CheckEndAsync(source, options, cancellation).ConfigureAwait(false);
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            Stream stream = FileCodecs.OpenRead(new ByteSourceStream(source, 0, source.Length), codec, source.Name);
            await using (stream.ConfigureAwait(false))
            {
                while (await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false) > 0)
                {
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<(byte[] Head, FileCodec Codec)> ReadHeadAsync(CancellationToken cancellation)
    {
        var head = new byte[HeadSize];
        int read = await source.ReadFullyAsync(0, head, cancellation).ConfigureAwait(false);
        return (head[..read], FileCodecs.Detect(entry.Key, head.AsSpan(0, read)));
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
