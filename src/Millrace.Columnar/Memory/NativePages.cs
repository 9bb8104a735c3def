using System.Runtime.InteropServices;

namespace Millrace.Columnar;

/// <summary>
/// Where the pool's memory comes from. On Linux large blocks are pages of their own, which the system gets back the moment
/// they are freed. The C library's heap takes such blocks from holes between smaller ones, and over hours of blocks of all
/// sizes coming and going its holes grow to as much as what is used.
/// </summary>
internal static unsafe partial class NativePages
{
    /// <summary>From so many bytes on a block has pages of its own.</summary>
    public const int MinOwnPages = 32 << 10;

    /// <summary>
    /// From so many bytes on a block may lie in huge pages: large tables are then touched without a fault and a miss of the
    /// address cache for every 4 KiB, and what is lost by rounding stays small beside the block.
    /// </summary>
    private const int MinHugePages = 4 << 20;

    private const int AdviseHugePages = 14;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    public static byte* Allocate(nuint bytes)
    {
        if (bytes < MinOwnPages || !OperatingSystem.IsLinux())
        {
            return (byte*)NativeMemory.AlignedAlloc(bytes, BufferPool.Alignment);
        }

        nint pages = Map(0, bytes, ReadWrite, PrivateAnonymous, -1, 0);
        if (pages == -1)
        {
            throw new OutOfMemoryException();
        }

        if (bytes >= MinHugePages)
        {
            // Advice only: a system without huge pages goes on with small ones.
            _ = Advise(pages, bytes, AdviseHugePages);
        }

        return (byte*)pages;
    }

    /// <param name="pointer">What <see cref="Allocate"/> returned.</param>
    /// <param name="bytes">The same size as there.</param>
    public static void Free(byte* pointer, nuint bytes)
    {
        if (bytes < MinOwnPages || !OperatingSystem.IsLinux())
        {
            NativeMemory.AlignedFree(pointer);
        }
        else if (Unmap((nint)pointer, bytes) != 0)
        {
            Environment.FailFast($"The system does not take back {bytes} bytes at {(nint)pointer:x}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint bytes, int advice);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint bytes);
}
