namespace Millrace.Formats;

/// <summary>
/// Bytes of one file that can be read at any place. Several reads may run at once. Local files complete synchronously;
/// object stores do not.
/// </summary>
public interface IByteSource : IAsyncDisposable
{
    /// <summary>What the user calls the file: for messages.</summary>
    string Name { get; }

    /// <summary>
    /// Bytes in the file when it was opened. <see cref="long.MaxValue"/> where only reading tells, as for compressed files
    /// and pipes: such a source runs forward, and a range over it ends where reads return 0.
    /// </summary>
    long Length { get; }

    /// <summary>Reads at most <c>target.Length</c> bytes and returns how many; 0 only at or beyond the end.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation);
}

/// <summary>What every source can do by its positioned reads.</summary>
public static class ByteSourceExtensions
{
    /// <summary>Reads until the target is full or the file ends; returns how many bytes were read.</summary>
    public static async ValueTask<int> ReadFullyAsync(this IByteSource source, long offset, Memory<byte> target, CancellationToken cancellation)
    {
        int done = 0;
        while (done < target.Length)
        {
            int read = await source.ReadAsync(offset + done, target[done..], cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }
}
