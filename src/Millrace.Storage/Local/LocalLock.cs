using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Storage;

/// <summary>
/// An advisory lock on a file. The system releases it when the process ends, however it ends. The file holds who took
/// the lock; it is removed with the lock and stays behind only when its process dies, which does no harm.
/// </summary>
internal sealed class LocalLock(SafeFileHandle handle, string path, byte[] content) : IStoreLock
{
    private const int LongestContent = 4096;
    private const int LongestNote = 1000;

    public static LocalLock? TryTake(string path, string note)
    {
        // The last owner may remove the file between its opening and its locking here. Then this is a lock on a file
        // that nobody else will ever see, so it does not count.
        byte[] content = Encoding.UTF8.GetBytes($"{note[..Math.Min(note.Length, LongestNote)]}\n{Guid.NewGuid():N}");
        while (TryOpen(path) is { } handle)
        {
            RandomAccess.SetLength(handle, 0);
            RandomAccess.Write(handle, content, 0);
            if (OperatingSystem.IsWindows() || Holds(path, content))
            {
                return new LocalLock(handle, path, content);
            }

            handle.Dispose();
        }

        return null;
    }

    /// <summary>
    /// Takes the lock from its holder: the file loses its name, and with it the lock on it its meaning. The holder keeps
    /// its hold on a file that nobody sees.
    /// </summary>
    public static LocalLock? Break(string path, string note)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryTake(path, note);
        }

        File.Delete(path);
        return TryTake(path, note);
    }

    public static string? ReadNote(string path)
        => Read(path) is { } content && Encoding.UTF8.GetString(content) is var text && text.LastIndexOf('\n') is >= 0 and var end ? text[..end] : null;

    public ValueTask<bool> IsHeldAsync(CancellationToken cancellation) => new(OperatingSystem.IsWindows() || Holds(path, content));

    public ValueTask DisposeAsync()
    {
        if (!handle.IsClosed)
        {
            // The file of one who broke this lock stays.
            if (!OperatingSystem.IsWindows() && Holds(path, content))
            {
                File.Delete(path);
            }

            handle.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
        }
        catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException and not PathTooLongException && IsSharing(e))
        {
            return null;
        }
    }

    private static bool Holds(string path, byte[] content) => Read(path) is { } found && found.AsSpan().SequenceEqual(content);

    private static byte[]? Read(string path)
    {
        using SafeFileHandle? handle = Posix.TryOpenUnlocked(path);
        if (handle is null)
        {
            return null;
        }

        var content = new byte[LongestContent];
        return content[..RandomAccess.Read(handle, content, 0)];
    }

    // EWOULDBLOCK of flock, and Windows' sharing violation.
    private static bool IsSharing(IOException e) => (e.HResult & 0xFFFF) is 11 or 32;
}
