using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Storage;

/// <summary>The system calls that .NET has no method for.</summary>
internal static partial class Posix
{
    private const int OpenReadOnly = 0;
    private const int OpenDirectory = 0x10000;
    private const int OpenCloseOnExec = 0x80000;
    private const int AlreadyExists = 17;

    /// <summary>Makes creations, renames and removals in a folder durable.</summary>
    public static void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        int handle = Open(path, OpenReadOnly | OpenDirectory | OpenCloseOnExec);
        if (handle < 0)
        {
            throw Failure();
        }

        int result = Fsync(handle);
        IOException? failure = result < 0 ? Failure() : null;
        _ = Close(handle);
        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <summary>
    /// Gives a file a second name unless that name is taken, in one step. The first name stays: the caller removes it, and a
    /// crash in between leaves both, which is harmless.
    /// </summary>
    /// <returns>Whether the name was free.</returns>
    public static bool TryLink(string from, string to)
    {
        if (!OperatingSystem.IsLinux())
        {
            if (File.Exists(to))
            {
                return false;
            }

            File.Copy(from, to, overwrite: false);
            return true;
        }

        if (Link(from, to) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == AlreadyExists ? false : throw Failure();
    }

    /// <summary>
    /// Opens a file for reading beside one who locked it: .NET asks for a lock of its own on every file it opens.
    /// </summary>
    /// <returns>Null when it cannot be opened.</returns>
    public static SafeFileHandle? TryOpenUnlocked(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        int handle = Open(path, OpenReadOnly);
        return handle < 0 ? null : new SafeFileHandle(handle, ownsHandle: true);
    }

    private static IOException Failure()
    {
        int number = Marshal.GetLastPInvokeError();
        const int notFound = 2;
        string message = new Win32Exception(number).Message;
        return number == notFound ? new FileNotFoundException(message) : new IOException(message, number);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
