using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Columnar.Interop;

/// <summary>
/// Writes an array tree over the columns' own memory. Each node holds a reference of its own to its column, so a consumer
/// may move a child out and release the parent first.
/// </summary>
internal static unsafe class ArrayExport
{
    /// <summary>Writes a column; the consumer's release gives the reference back.</summary>
    public static void Write(Column column, ArrowArray* target)
    {
        switch (column)
        {
            case BooleanColumn c: Write(column, [(nint)c.ValuesBuffer.Pointer], [], null, target); break;
            case BinaryColumn c: Write(column, [(nint)c.OffsetsBuffer.Pointer, (nint)c.DataBuffer.Pointer], [], null, target); break;
            case ListColumn c: Write(column, [(nint)c.OffsetsBuffer.Pointer], [c.Items], null, target); break;
            case DictionaryColumn c: Write(column, [(nint)c.IndicesBuffer.Pointer], [], c.Dictionary, target); break;
            case StructColumn c: WriteStruct(c, target); break;
            case FixedColumn<long> c when ArrowFormat.IsTime32(c.Type): WriteTime32(c, target); break;
            default: Write(column, [(nint)(FixedMemory.Start(column) - ((long)column.Offset * column.Type.ByteWidth))], [], null, target); break;
        }
    }

    /// <summary>A batch is a struct without nulls.</summary>
    public static void Write(RecordBatch batch, ArrowArray* target)
        => Write(new Node(batch.Length, 0, 0, 0), [], batch.Columns, null, new Owner(null, null, null), target);

    private static void Write(Column column, ReadOnlySpan<nint> buffers, IReadOnlyList<Column> children, Column? dictionary, ArrowArray* target)
    {
        byte* validity = column.ValidityBuffer is { } bits ? bits.Pointer : null;
        Write(new Node(column.Length, column.NullCount, column.Offset, (nint)validity), buffers, children, dictionary, new Owner(column.Share(), null, null), target);
    }

    // The offset of an Arrow struct applies to its children too; ours are sliced already, so the struct's has to be 0.
    private static void WriteStruct(StructColumn column, ArrowArray* target)
    {
        byte* validity = ValidityFromZero(column, out NativeBuffer? copy);
        Write(new Node(column.Length, column.NullCount, 0, (nint)validity), [], column.Fields, null, new Owner(column.Share(), copy, null), target);
    }

    private static void WriteTime32(FixedColumn<long> column, ArrowArray* target)
    {
        byte* validity = ValidityFromZero(column, out NativeBuffer? copy);
        NativeBuffer values = BufferPool.Rent(column.Length * sizeof(int));
        var narrow = (int*)values.Pointer;
        foreach (long value in column.Values)
        {
            *narrow++ = (int)value;
        }

        Write(new Node(column.Length, column.NullCount, 0, (nint)validity), [(nint)values.Pointer], [], null, new Owner(column.Share(), copy, values), target);
    }

    private static byte* ValidityFromZero(Column column, out NativeBuffer? copy)
    {
        copy = null;
        if (column.ValidityBuffer is not { } bits)
        {
            return null;
        }

        if ((column.Offset & 7) == 0)
        {
            return bits.Pointer + (column.Offset >> 3);
        }

        copy = KernelMemory.RentBits(column.Length);
        Bits.Copy(bits.Pointer, column.Offset, copy.Pointer, 0, column.Length);
        return copy.Pointer;
    }

    // One block of native memory: the owner's handle, pointers to buffers and children, the children themselves.
    private static void Write(Node node, ReadOnlySpan<nint> buffers, IReadOnlyList<Column> children, Column? dictionary, Owner owner, ArrowArray* target)
    {
        int bufferCount = buffers.Length + 1;
        int structs = children.Count + (dictionary is null ? 0 : 1);
        long pointers = 1L + bufferCount + children.Count;
        var block = (nint*)NativeMemory.AllocZeroed((nuint)((pointers * sizeof(nint)) + ((long)structs * sizeof(ArrowArray))));
        block[0] = GCHandle.ToIntPtr(GCHandle.Alloc(owner));
        block[1] = node.Validity;
        buffers.CopyTo(new Span<nint>(block + 2, buffers.Length));
        var childPointers = (ArrowArray**)(block + 1 + bufferCount);
        var nodes = (ArrowArray*)(block + pointers);

        *target = default;
        target->Length = node.Length;
        target->NullCount = node.NullCount;
        target->Offset = node.Offset;
        target->BufferCount = bufferCount;
        target->Buffers = (void**)(block + 1);
        target->ChildCount = children.Count;
        target->Children = children.Count == 0 ? null : childPointers;
        target->PrivateData = block;
        target->Release = &Release;
        for (int i = 0; i < children.Count; i++)
        {
            childPointers[i] = nodes + i;
            Write(children[i], nodes + i);
        }

        if (dictionary is not null)
        {
            target->Dictionary = nodes + children.Count;
            Write(dictionary, target->Dictionary);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(ArrowArray* array)
    {
        for (long i = 0; i < array->ChildCount; i++)
        {
            ReleaseNode(array->Children[i]);
        }

        ReleaseNode(array->Dictionary);
        var block = (nint*)array->PrivateData;
        GCHandle handle = GCHandle.FromIntPtr(block[0]);
        ((Owner)handle.Target!).Dispose();
        handle.Free();
        NativeMemory.Free(block);
        array->Release = null;
    }

    private static void ReleaseNode(ArrowArray* node)
    {
        if (node != null && node->Release != null)
        {
            node->Release(node);
        }
    }

    private readonly record struct Node(long Length, long NullCount, long Offset, nint Validity);

    // What an exported node keeps alive.
    private sealed class Owner(Column? column, NativeBuffer? validity, NativeBuffer? values) : IDisposable
    {
        public void Dispose()
        {
            column?.Dispose();
            validity?.Dispose();
            values?.Dispose();
        }
    }
}
