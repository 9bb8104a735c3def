using System.Buffers;
using System.Diagnostics;

namespace Millrace.Columnar;

/// <summary>
/// A block of native memory, 64-byte aligned, from <see cref="BufferPool"/> or lent by foreign code. It is owned by
/// counting: who makes or shares it owns one reference and disposes exactly once; the last dispose gives the memory back.
/// The count is thread-safe, the contents are not: a buffer is written by one thread before it is shared and never after.
/// </summary>
public sealed unsafe class NativeBuffer : MemoryManager<byte>
{
    private readonly Action? _release;
    private readonly RentalScope.Rental? _rental;
    private byte* _pointer;
    private int _references = 1;

    internal NativeBuffer(byte* pointer, int capacity, RentalScope.Rental? rental)
    {
        _pointer = pointer;
        Capacity = capacity;
        _rental = rental;
    }

    /// <summary>Wraps memory of foreign code, such as an import through the Arrow C data interface.</summary>
    /// <param name="pointer">Start of the memory; it stays valid until <paramref name="release"/> is called.</param>
    /// <param name="capacity">Bytes that may be read.</param>
    /// <param name="release">Called once when nobody uses the memory any more.</param>
    public NativeBuffer(byte* pointer, int capacity, Action release)
    {
        _pointer = pointer;
        Capacity = capacity;
        _release = release;
    }

    /// <summary>Start of the memory. Valid while the caller holds a reference.</summary>
    public byte* Pointer
    {
        get
        {
            Debug.Assert(_pointer != null, "Buffer used after its last dispose.");
            return _pointer;
        }
    }

    /// <summary>Bytes that can be used; what was asked for, rounded up.</summary>
    public int Capacity { get; }

    public Span<byte> Span => new(Pointer, Capacity);

    /// <summary>Adds an owner and returns the buffer.</summary>
    public NativeBuffer Share()
    {
        int count = Interlocked.Increment(ref _references);
        Debug.Assert(count > 1, "Buffer shared after its last dispose.");
        return this;
    }

    public override Span<byte> GetSpan() => Span;

    public override MemoryHandle Pin(int elementIndex = 0) => new(Pointer + elementIndex);

    public override void Unpin()
    {
    }

    /// <summary>Gives one reference back. Hides the explicit implementation of the base class.</summary>
    public void Dispose() => Dispose(true);

    protected override void Dispose(bool disposing)
    {
        int count = Interlocked.Decrement(ref _references);
        Debug.Assert(count >= 0, "Buffer disposed more often than it was shared.");
        if (count == 0)
        {
            ReleaseMemory();
        }
    }

    private void ReleaseMemory()
    {
        byte* pointer = _pointer;
        _pointer = null;
        if (_release is not null)
        {
            _release();
        }
        else
        {
            _rental?.End();
            BufferPool.Return(pointer, Capacity);
        }
    }
}
