using System.Runtime.InteropServices;

namespace Millrace.Formats.Tests.Compression;

/// <summary>Memory that ends right before a page that nobody may touch: a read or write beyond it ends the process.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _base;
    private readonly nuint _size;
    private readonly int _length;

    public GuardedMemory(int length)
    {
        int page = Environment.SystemPageSize;
        int usable = (length + page - 1) / page * page;
        _length = length;
        if (OperatingSystem.IsLinux())
        {
            _size = (nuint)(usable + page);
            nint mapped = MMap(0, _size, ReadWrite, PrivateAnonymous, -1, 0);
            Assert.NotEqual(-1, mapped);
            _base = (byte*)mapped;
            Assert.Equal(0, MProtect(mapped + usable, (nuint)page, 0));
            Start = _base + usable - length;
        }
        else
        {
            _base = (byte*)NativeMemory.AllocZeroed((nuint)Math.Max(length, 1));
            Start = _base;
        }
    }

    private byte* Start { get; }

    public Span<byte> Span => new(Start, _length);

    public static GuardedMemory Of(ReadOnlySpan<byte> bytes)
    {
        var memory = new GuardedMemory(bytes.Length);
        bytes.CopyTo(memory.Span);
        return memory;
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
        {
            MUnmap((nint)_base, _size);
        }
        else
        {
            NativeMemory.Free(_base);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint MMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int MProtect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MUnmap(nint address, nuint length);
}
