using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Millrace.Columnar.Interop;

namespace Millrace.Columnar.Tests.Interop;

/// <summary>
/// Makes Arrow structs by hand, right and wrong ones, and counts the releases of its roots. The memory lives until the producer is disposed.
/// </summary>
internal sealed unsafe class FakeProducer : IDisposable
{
    private readonly List<nint> _blocks = [];
    private readonly long* _releases;

    public FakeProducer() => _releases = (long*)Allocate(sizeof(long));

    public long Releases => *_releases;

    public ArrowSchema* Schema(string format, string name = "c", bool nullable = true, ArrowSchema*[]? children = null, ArrowSchema* dictionary = null, byte[]? metadata = null)
    {
        var schema = (ArrowSchema*)Allocate(sizeof(ArrowSchema));
        schema->Format = Bytes(Encoding.UTF8.GetBytes(format + '\0'));
        schema->Name = Bytes(Encoding.UTF8.GetBytes(name + '\0'));
        schema->Metadata = metadata is null ? null : Bytes(metadata);
        schema->Flags = nullable ? ArrowSchemaFlags.Nullable : 0;
        schema->ChildCount = children?.Length ?? 0;
        schema->Children = (ArrowSchema**)Allocate(sizeof(nint) * (children?.Length ?? 0));
        for (int i = 0; i < schema->ChildCount; i++)
        {
            schema->Children[i] = children![i];
        }

        schema->Dictionary = dictionary;
        schema->PrivateData = _releases;
        schema->Release = &ReleaseSchema;
        return schema;
    }

    /// <param name="length">Rows.</param>
    /// <param name="buffers">Contents; null for a null pointer.</param>
    /// <param name="children">Nodes.</param>
    /// <param name="offset">First row.</param>
    /// <param name="nulls">The count it claims.</param>
    /// <param name="dictionary">Values.</param>
    public ArrowArray* Array(long length, byte[]?[] buffers, ArrowArray*[]? children = null, long offset = 0, long nulls = -1, ArrowArray* dictionary = null)
    {
        var array = (ArrowArray*)Allocate(sizeof(ArrowArray));
        array->Length = length;
        array->NullCount = nulls;
        array->Offset = offset;
        array->BufferCount = buffers.Length;
        array->Buffers = (void**)Allocate(sizeof(nint) * buffers.Length);
        for (int i = 0; i < buffers.Length; i++)
        {
            array->Buffers[i] = buffers[i] is { } bytes ? Bytes(bytes) : null;
        }

        array->ChildCount = children?.Length ?? 0;
        array->Children = (ArrowArray**)Allocate(sizeof(nint) * (children?.Length ?? 0));
        for (int i = 0; i < array->ChildCount; i++)
        {
            array->Children[i] = children![i];
        }

        array->Dictionary = dictionary;
        array->PrivateData = _releases;
        array->Release = &ReleaseArray;
        return array;
    }

    /// <summary>Values as they lie in memory.</summary>
    public static byte[] Of<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    public void Dispose()
    {
        foreach (nint block in _blocks)
        {
            NativeMemory.Free((void*)block);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReleaseSchema(ArrowSchema* schema)
    {
        ++*(long*)schema->PrivateData;
        schema->Release = null;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReleaseArray(ArrowArray* array)
    {
        ++*(long*)array->PrivateData;
        array->Release = null;
    }

    private byte* Bytes(byte[] bytes)
    {
        byte* block = Allocate(bytes.Length);
        bytes.CopyTo(new Span<byte>(block, bytes.Length));
        return block;
    }

    private byte* Allocate(int bytes)
    {
        var block = (byte*)NativeMemory.AllocZeroed((nuint)Math.Max(bytes, 1));
        _blocks.Add((nint)block);
        return block;
    }
}
