using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Millrace.Fuzz;

/// <summary>Memory that ends right before a page that nobody may touch: a read or write beyond it ends the process.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _base;
    private readonly nuint _size;
    private readonly byte* _start;
    private readonly int _length;

    public GuardedMemory(int length)
    {
        int page = Environment.SystemPageSize;
        int usable = (length + page - 1) / page * page;
        _length = length;
        if (!OperatingSystem.IsLinux())
        {
            _base = (byte*)NativeMemory.AllocZeroed((nuint)Math.Max(length, 1));
            _start = _base;
            return;
        }

        _size = (nuint)(usable + page);
        nint mapped = MMap(0, _size, ReadWrite, PrivateAnonymous, -1, 0);
        if (mapped == -1 || MProtect(mapped + usable, (nuint)page, 0) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _base = (byte*)mapped;
        _start = _base + usable - length;
    }

    public Span<byte> Span => new(_start, _length);

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = MUnmap((nint)_base, _size);
        }
        else
        {
            NativeMemory.Free(_base);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int MProtect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MUnmap(nint address, nuint length);
}
