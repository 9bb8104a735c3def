using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Looks at the line ends of a file without knowing its format.</summary>
internal static class LineEnds
{
    /// <summary>
    /// Where the next row begins when everything before an offset was read: there, or behind the line break that the last
    /// row lacked. Null when that row went on instead.
    /// </summary>
    public static async ValueTask<long?> FindNextRowAsync(FileEntry file, long offset, CancellationToken cancellation)
    {
        if (offset == 0)
        {
            return 0;
        }

        return await ReadAsync(file, offset - 1, cancellation).ConfigureAwait(false) switch
        {
            [(byte)'\n', ..] => offset,
            [_, (byte)'\n', ..] => offset + 1,
            [_, (byte)'\r', (byte)'\n'] => offset + 2,
            [(byte)'\r', ..] => offset,
            _ => null,
        };
    }

    // Up to three bytes.
    private static async ValueTask<byte[]> ReadAsync(FileEntry file, long offset, CancellationToken cancellation)
    {
        IObjectReader reader = await file.Store.OpenAsync(file.Info.Name, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var bytes = new byte[(int)Math.Min(3, file.Size - offset)];
            int read = await reader.ReadAsync(offset, bytes, cancellation).ConfigureAwait(false);
            return bytes[..read];
        }
    }
}
