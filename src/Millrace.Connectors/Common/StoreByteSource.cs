using Millrace.Formats;
using Millrace.Storage;

namespace Millrace.Connectors.Common;

/// <summary>An object of a store as a format's input. Owns the reader.</summary>
/// <param name="reader">The open object.</param>
/// <param name="name">What the user calls it.</param>
/// <param name="length">Bytes to show of it: what was appended since planning is left to the next run.</param>
/// <param name="cut">What to throw when the object has fewer bytes than that; null for the end to come early.</param>
public sealed class StoreByteSource(IObjectReader reader, string name, long length, Func<Exception>? cut = null) : IByteSource
{
    private long _bytesRead;

    public string Name => name;

    public long Length => length;

    /// <summary>Bytes handed out so far.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
    {
        if (offset >= length)
        {
            return 0;
        }

        Memory<byte> wanted = target.Length > length - offset ? target[..(int)(length - offset)] : target;
        int read = await reader.ReadAsync(offset, wanted, cancellation).ConfigureAwait(false);
        if (read == 0 && wanted.Length > 0 && cut is not null)
        {
            throw cut();
        }

        Interlocked.Add(ref _bytesRead, read);
        return read;
    }

    public ValueTask DisposeAsync() => reader.DisposeAsync();
}
