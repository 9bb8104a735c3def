using Millrace.Connectors.Common;
using Millrace.Formats;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Connectors.Files;

/// <summary>A file that is open, with what is known of how to read it. Owns the source.</summary>
internal sealed class OpenFile(FileEntry entry, FileFormat format, FormatOptions options, StoreByteSource source) : IAsyncDisposable
{
    private const int HeadSize = 256;

    public FileEntry Entry => entry;

    public FileFormat Format => format;

    /// <summary>Options as the user gave them, before sniffing.</summary>
    public FormatOptions Options => options;

    public IByteSource Source => source;

    /// <summary>Bytes of the file that were read so far.</summary>
    public long BytesRead => source.BytesRead;

    /// <summary>Where the last complete row ends, for files that can grow by rows which are read without the others; null for other files.</summary>
    /// <param name="start">Where a row begins; the answer when none behind it is complete.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async ValueTask<long?> FindCompleteEndAsync(long start, CancellationToken cancellation)
    {
        if (format.Capabilities.SelfDescribing)
        {
            return null;
        }

        var head = new byte[HeadSize];
        int read = await source.ReadFullyAsync(0, head, cancellation).ConfigureAwait(false);
        if (FileCodecs.Detect(entry.Key, head.AsSpan(0, read)) != FileCodec.None || TextEncodings.Detect(head.AsSpan(0, read)) != TextEncoding.Utf8)
        {
            return null;
        }

        FileInspection inspection = await format.InspectAsync(source, options, cancellation).ConfigureAwait(false);
        return await format.FindCompleteEndAsync(source, inspection, start, cancellation).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
