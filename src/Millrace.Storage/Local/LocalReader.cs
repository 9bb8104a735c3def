using Microsoft.Win32.SafeHandles;

namespace Millrace.Storage;

/// <summary>An open file. Owns the handle.</summary>
internal sealed class LocalReader(SafeFileHandle handle, ObjectInfo info, string display) : IObjectReader
{
    public ObjectInfo Info => info;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return new(RandomAccess.Read(handle, target.Span, offset));
        }
        catch (Exception e) when (LocalFaults.IsFault(e))
        {
            throw LocalFaults.Explain(e, display, writing: false);
        }
    }

    public ValueTask DisposeAsync()
    {
        handle.Dispose();
        return ValueTask.CompletedTask;
    }
}
