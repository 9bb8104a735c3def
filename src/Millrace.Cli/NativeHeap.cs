using System.Runtime.InteropServices;

namespace Millrace.Cli;

/// <summary>Settings of the C library's heap, which holds the columns.</summary>
internal static unsafe class NativeHeap
{
    // M_MMAP_THRESHOLD in malloc.h of the GNU C library.
    private const int MmapThreshold = -3;

    private const int LargeBlock = 256 << 10;

    /// <summary>
    /// Lets large blocks have pages of their own, which the system gets back when they are freed. Left to itself the GNU
    /// heap takes them from its arenas after a few were freed, and keeps what lies between those that live on. Other C
    /// libraries have no such setting and need none.
    /// </summary>
    public static void KeepLargeBlocksApart()
    {
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "mallopt", out nint set))
        {
            _ = ((delegate* unmanaged<int, int, int>)set)(MmapThreshold, LargeBlock);
        }
    }
}
