using Microsoft.Win32.SafeHandles;

namespace Millrace.Storage;

/// <summary>
/// An advisory lock on a file. The system releases it when the process ends, however it ends. The file stays. The note
/// stands in a file of its own, since a locked one cannot be opened by others.
/// </summary>
internal sealed class LocalLock(SafeFileHandle handle, string notePath) : IAsyncDisposable
{
    private const string NoteEnding = ".owner";

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

        File.WriteAllText(path + NoteEnding, note);
        return new LocalLock(handle, path + NoteEnding);
    }

    public static string? ReadNote(string path)
    {
        try
        {
            return File.ReadAllText(path + NoteEnding);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        if (!handle.IsClosed)
        {
            File.Delete(notePath);
            handle.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    // EWOULDBLOCK of flock, and Windows' sharing violation.
    private static bool IsSharing(IOException e) => (e.HResult & 0xFFFF) is 11 or 32;
}
