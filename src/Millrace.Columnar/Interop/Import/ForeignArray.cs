using System.Runtime.InteropServices;

namespace Millrace.Columnar.Interop;

/// <summary>
/// An array tree taken over from foreign code. It is released once, when its taker and the last buffer lent from it have
/// let go.
/// </summary>
internal sealed unsafe class ForeignArray : IDisposable
{
    private readonly ArrowArray* _array;
    private int _references = 1;

    /// <summary>Moves the struct out of where the producer put it; that one is empty afterwards.</summary>
    public ForeignArray(ArrowArray* source)
    {
        if (source == null || source->Release == null)
        {
            throw ArrowErrors.Released("array");
        }

        _array = (ArrowArray*)NativeMemory.Alloc((nuint)sizeof(ArrowArray));
        *_array = *source;
        source->Release = null;
    }

    public ArrowArray* Root => _array;

    /// <summary>A buffer over foreign memory that keeps the whole tree alive.</summary>
    public NativeBuffer Lend(byte* pointer, int bytes)
    {
        Interlocked.Increment(ref _references);
        return new NativeBuffer(pointer, bytes, Dispose);
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            // A producer may have put its struct's only copy of private data here, so this copy is what it gets back.
            if (_array->Release != null)
            {
                _array->Release(_array);
            }

            NativeMemory.Free(_array);
        }
    }
}
