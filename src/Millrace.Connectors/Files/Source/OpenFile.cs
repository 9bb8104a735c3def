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

    /// <summary>Whether rows that are added at the end leave the rest as it was, and can be read without it.</summary>
    public async ValueTask<bool> IsAppendableAsync(CancellationToken cancellation)
    {
        if (!format.Capabilities.Splittable || format.Capabilities.SelfDescribing)
        {
            return false;
        }

        var head = new byte[HeadSize];
        int read = await source.ReadFullyAsync(0, head, cancellation).ConfigureAwait(false);
        return FileCodecs.Detect(entry.Key, head.AsSpan(0, read)) == FileCodec.None
            && TextEncodings.Detect(head.AsSpan(0, read)) == TextEncoding.Utf8;
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
