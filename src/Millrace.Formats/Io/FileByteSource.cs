using Microsoft.Win32.SafeHandles;

namespace Millrace.Formats;

/// <summary>A local file.</summary>
public sealed class FileByteSource : IByteSource
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens the file; throws what <see cref="File.OpenHandle"/> throws, which callers turn into errors with codes.</summary>
    /// <param name="path">Path on this machine.</param>
    /// <param name="name">What the user calls it, if not by its path.</param>
    public FileByteSource(string path, string? name = null)
    {
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.None);
        Name = name ?? path;
        Length = RandomAccess.GetLength(_handle);
    }

    public string Name { get; }

    public long Length { get; }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new ValueTask<int>(RandomAccess.Read(_handle, target.Span, offset));
    }

    public ValueTask DisposeAsync()
    {
        _handle.Dispose();
        return ValueTask.CompletedTask;
    }
}
