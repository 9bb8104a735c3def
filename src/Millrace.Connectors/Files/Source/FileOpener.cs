using Millrace.Connectors.Common;
using Millrace.Formats;
using Millrace.Formats.Compression;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Opens files and finds out compression and format: by option, by the ending of the name, by content. Thread-safe.</summary>
internal sealed class FileOpener(FilesSourceOptions options, FormatRegistry formats)
{
    private const int HeadSize = 64 << 10;

    public async ValueTask<OpenFile> OpenAsync(FileEntry entry, CancellationToken cancellation)
    {
        IObjectReader reader = await entry.Store.OpenAsync(entry.Info.Name, cancellation).ConfigureAwait(false);
        if (reader.Info.Size < entry.Size)
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw FilesErrors.ChangedInRun(entry.Key);
        }

        var stored = new StoreByteSource(reader, entry.Key, entry.Size);
        IByteSource source = stored;
        try
        {
            FileCodec codec = await CodecOfAsync(entry, stored, cancellation).ConfigureAwait(false);
            if (codec != FileCodec.None)
            {
                source = Decompress(entry, stored, codec);
            }

            FileFormat format = await FormatOfAsync(entry, source, cancellation).ConfigureAwait(false);
            if (codec != FileCodec.None && format.Capabilities.CompressesInside)
            {
                throw FilesErrors.UnknownCompression.Error(
                    $"{entry.Key} is a {format.Name} file within {FileCodecs.Name(codec)}.", ErrorPlace.InFile(entry.Key), "Decompress it first: such a file is read at many places, not from front to back.");
            }

            return new OpenFile(entry, format, FormatChoices.Bind(format, options.Format), codec, source, () => stored.BytesRead);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<FileCodec> CodecOfAsync(FileEntry entry, StoreByteSource source, CancellationToken cancellation)
    {
        if (options.Compression != "auto")
        {
            return FileCodecs.Parse(options.Compression);
        }

        var head = new byte[FileCodecs.HeadSize];
        int read = await source.ReadFullyAsync(0, head, cancellation).ConfigureAwait(false);
        return FileCodecs.Detect(entry.Key, head.AsSpan(0, read));
    }

    // The reader stays open below; going back to the start makes a new decoder over the same bytes.
    private static StreamByteSource Decompress(FileEntry entry, StoreByteSource stored, FileCodec codec)
        => new(entry.Key, _ => new(FileCodecs.OpenRead(new ByteSourceStream(new BorrowedByteSource(stored)), codec, entry.Key)), owned: stored);

    private async ValueTask<FileFormat> FormatOfAsync(FileEntry entry, IByteSource source, CancellationToken cancellation)
    {
        if (options.Format?.Name is { } name)
        {
            return formats.Require(name);
        }

        if (formats.FindByPath(entry.Key[..^FileCodecs.Ending(entry.Key).Length]) is { } byPath)
        {
            return byPath;
        }

        var head = new byte[HeadSize];
        int read = await source.ReadFullyAsync(0, head, cancellation).ConfigureAwait(false);
        return formats.FindByContent(head.AsSpan(0, read)) ?? throw FormatErrors.UnknownFormat.Error(
            $"Neither the name nor the content of {entry.Key} tells its format. Formats: {string.Join(", ", formats.All.Select(f => f.Name))}.",
            ErrorPlace.InFile(entry.Key));
    }
}
