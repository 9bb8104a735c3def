using Millrace.Connectors.Common;
using Millrace.Formats;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Opens files and finds out the format: by option, by the ending of the name, by content. Thread-safe.</summary>
internal sealed class FileOpener(FilesSourceOptions options, FormatRegistry formats, IReadOnlyList<string> columns, RecentInspections inspections)
{
    private const int HeadSize = 64 << 10;

    /// <summary>Opens files of which a job wants certain columns; null if it wants all.</summary>
    public FileOpener For(IReadOnlyList<RequestedColumn>? wanted) => new(options, formats, wanted is null ? [] : [.. wanted.Select(c => c.Name)], inspections);

    public async ValueTask<OpenFile> OpenAsync(FileEntry entry, CancellationToken cancellation)
    {
        IObjectReader reader = await entry.Store.OpenAsync(entry.Info.Name, cancellation).ConfigureAwait(false);
        var source = new StoreByteSource(reader, entry.Key, entry.Size, () => FilesErrors.ChangedInRun(entry.Key));
        try
        {
            if (reader.Info.Size < entry.Size)
            {
                throw FilesErrors.ChangedInRun(entry.Key);
            }

            FileFormat format = await FormatOfAsync(entry, source, cancellation).ConfigureAwait(false);
            return new OpenFile(entry, format, FormatChoices.Bind(format, options.Format).Expecting(columns), source, inspections) { IsTouched = reader.Info.ETag != entry.Info.ETag };
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

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

        byte[] head = await ReadHeadAsync(source, cancellation).ConfigureAwait(false);
        return formats.FindByContent(head) ?? throw FormatErrors.UnknownFormat.Error(
            $"Neither the name nor the content of {entry.Key} tells its format. Formats: {string.Join(", ", formats.All.Select(f => f.Name))}.",
            ErrorPlace.InFile(entry.Key));
    }

    // The first bytes of what is in the file, decompressed.
    private static async ValueTask<byte[]> ReadHeadAsync(IByteSource source, CancellationToken cancellation)
    {
        var head = new byte[HeadSize];
        int read = await source.ReadFullyAsync(0, head, cancellation).ConfigureAwait(false);
        FileCodec codec = FileCodecs.Detect(source.Name, head.AsSpan(0, read));
        if (codec != FileCodec.None)
        {
            Stream stream = FileCodecs.OpenRead(new ByteSourceStream(source, 0, source.Length), codec, source.Name);
            await using (stream.ConfigureAwait(false))
            {
                read = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            }
        }

        return head[..read];
    }
}
