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
    private const int OpenNonBlocking = 0x800;
    private const int AlreadyExists = 17;
    private const int Interrupted = 4;
    private const int WouldBlock = 11;

    // struct statx is the same on every architecture.
    private const int CurrentFolder = -100;
    private const uint StatType = 1;
    private const int StatBytes = 256;
    private const int StatMode = 28;
    private const int TypeMask = 0xF000;
    private const int TypePipe = 0x1000;

    private const short PollIn = 1;
    private const short PollOut = 4;

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

    /// <summary>Whether a path leads to a pipe, with a name or without.</summary>
    public static unsafe bool IsPipe(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        byte* stat = stackalloc byte[StatBytes];
        try
        {
            return Statx(CurrentFolder, path, 0, StatType, stat) == 0 && (*(ushort*)(stat + StatMode) & TypeMask) == TypePipe;
        }
        catch (EntryPointNotFoundException)
        {
            // C libraries from before 2018 lack it.
            return false;
        }
    }

    /// <summary>Opens a pipe for reading without waiting for somebody who writes to it.</summary>
    public static SafeFileHandle OpenPipe(string path)
    {
        int handle = Open(path, OpenReadOnly | OpenNonBlocking | OpenCloseOnExec);
        return handle >= 0 ? new SafeFileHandle(handle, ownsHandle: true) : throw Failure();
    }

    /// <summary>Waits until a read would not block.</summary>
    /// <returns>Whether that came about in time.</returns>
    public static bool WaitReadable(SafeFileHandle handle, int milliseconds) => Wait(handle, PollIn, milliseconds);

    /// <summary>Waits until a write would not block.</summary>
    /// <returns>Whether that came about in time.</returns>
    public static bool WaitWritable(SafeFileHandle handle, int milliseconds) => Wait(handle, PollOut, milliseconds);

    private static unsafe bool Wait(SafeFileHandle handle, short events, int milliseconds)
    {
        var request = new PollRequest { Handle = (int)handle.DangerousGetHandle(), Events = events };
        int result = Poll(&request, 1, milliseconds);
        return result >= 0 ? result > 0 : Marshal.GetLastPInvokeError() == Interrupted ? false : throw Failure();
    }

    /// <summary>Reads what is there; -1 when nothing is there any more.</summary>
    public static unsafe int Read(SafeFileHandle handle, Span<byte> target)
    {
        fixed (byte* start = target)
        {
            nint read = Read((int)handle.DangerousGetHandle(), start, (nuint)target.Length);
            return read >= 0 ? (int)read : Marshal.GetLastPInvokeError() is WouldBlock or Interrupted ? -1 : throw Failure();
        }
    }

    /// <summary>Writes as much as there is room for; -1 when there is none at the moment.</summary>
    public static unsafe int Write(SafeFileHandle handle, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint written = Write((int)handle.DangerousGetHandle(), start, (nuint)bytes.Length);
            return written >= 0 ? (int)written : Marshal.GetLastPInvokeError() is WouldBlock or Interrupted ? -1 : throw Failure();
        }
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

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollRequest* requests, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int handle, byte* target, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(int handle, byte* source, nuint count);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Handle;
        public short Events;
        public short Happened;
    }
}
