using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Reads objects of bookkeeping, which fit into memory.</summary>
internal static class SmallObject
{
    /// <param name="store">Where it is.</param>
    /// <param name="name">Name in the store.</param>
    /// <param name="most">The most bytes that are read; one with more is damaged.</param>
    /// <param name="cancellation">Stops the call.</param>
    public static async ValueTask<byte[]> ReadAsync(IObjectStore store, string name, int most, CancellationToken cancellation)
    {
        IObjectReader reader = await store.OpenAsync(name, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            if (reader.Info.Size > most)
            {
                throw FilesErrors.Damaged(store.Describe(name), $"it has {reader.Info.Size} bytes, and at most {most} are read");
            }

            var bytes = new byte[reader.Info.Size];
            int done = 0;
            while (done < bytes.Length)
            {
                int read = await reader.ReadAsync(done, bytes.AsMemory(done), cancellation).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                done += read;
            }

            return bytes[..done];
        }
    }
}
