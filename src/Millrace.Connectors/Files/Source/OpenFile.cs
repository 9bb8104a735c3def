using Millrace.Formats;
using Millrace.Formats.Compression;

namespace Millrace.Connectors.Files;

/// <summary>A file that is open, with what is known of how to read it. Owns the source.</summary>
internal sealed class OpenFile(FileEntry entry, FileFormat format, FormatOptions options, FileCodec codec, IByteSource source, Func<long> bytesRead) : IAsyncDisposable
{
    public FileEntry Entry => entry;

    public FileFormat Format => format;

    /// <summary>Options as the user gave them, before sniffing.</summary>
    public FormatOptions Options => options;

    public FileCodec Codec => codec;

    /// <summary>The bytes as the format sees them: decompressed.</summary>
    public IByteSource Source => source;

    /// <summary>Bytes of the file as stored that were read so far.</summary>
    public long BytesRead => bytesRead();

    /// <summary>Whether the file can be read as several ranges.</summary>
    public bool IsSplittable => codec == FileCodec.None && format.Capabilities.Splittable;

    /// <summary>Whether rows that are added at the end leave the rest as it was.</summary>
    public bool IsAppendable => IsSplittable && !format.Capabilities.SelfDescribing;

    public FileRange Whole => FileRange.Whole(source.Length);

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
