using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Storage;

/// <summary>An advisory lock on a file. The system releases it when the process ends, however it ends. The file stays.</summary>
internal sealed class LocalLock(SafeFileHandle handle) : IAsyncDisposable
{
    private const int LongestNote = 4096;

    public static LocalLock? TryTake(string path, string note)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException and not PathTooLongException && IsSharing(e))
        {
            return null;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(note);
        RandomAccess.SetLength(handle, 0);
        RandomAccess.Write(handle, bytes, 0);
        return new LocalLock(handle);
    }

    public static string? ReadNote(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[(int)Math.Min(LongestNote, RandomAccess.GetLength(handle))];
        int read = RandomAccess.Read(handle, bytes, 0);
        return read == 0 ? null : Encoding.UTF8.GetString(bytes, 0, read);
    }

    public ValueTask DisposeAsync()
    {
        if (!handle.IsClosed)
        {
            RandomAccess.SetLength(handle, 0);
            handle.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    // EWOULDBLOCK of flock, and Windows' sharing violation.
    private static bool IsSharing(IOException e) => (e.HResult & 0xFFFF) is 11 or 32;
}
