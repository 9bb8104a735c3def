using System.Runtime.InteropServices;

namespace Millrace.Columnar.Interop;

/// <summary>
/// A type with its name, as the Arrow C data interface hands it over. The memory behind it belongs to the producer until
/// <see cref="Release"/> is called, which sets itself to null; a struct whose release is null is empty.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ArrowSchema
{
    /// <summary>The type, zero-terminated.</summary>
    public byte* Format;

    /// <summary>UTF-8, zero-terminated; null counts as empty.</summary>
    public byte* Name;

    /// <summary>Counted keys and values, see <see cref="ArrowMetadata"/>; null for none.</summary>
    public byte* Metadata;

    public ArrowSchemaFlags Flags;
    public long ChildCount;
    public ArrowSchema** Children;

    /// <summary>The type of the values; this node's own format is then that of the indices.</summary>
    public ArrowSchema* Dictionary;

    public delegate* unmanaged[Cdecl]<ArrowSchema*, void> Release;
    public void* PrivateData;
}

/// <summary>The bits of <c>ArrowSchema.flags</c>.</summary>
[Flags]
public enum ArrowSchemaFlags : long
{
    None = 0,
    DictionaryOrdered = 1,
    Nullable = 2,
    MapKeysSorted = 4,
}

/// <summary>The rows of one column, as the Arrow C data interface hands them over; ownership as for <see cref="ArrowSchema"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ArrowArray
{
    public long Length;

    /// <summary>Nulls, or -1 if not counted.</summary>
    public long NullCount;

    /// <summary>Row 0's place in the buffers, and in the children of a struct.</summary>
    public long Offset;

    public long BufferCount;
    public long ChildCount;
    public void** Buffers;
    public ArrowArray** Children;
    public ArrowArray* Dictionary;
    public delegate* unmanaged[Cdecl]<ArrowArray*, void> Release;
    public void* PrivateData;
}

/// <summary>
/// Batches of one schema as they are asked for, as the Arrow C stream interface hands them over; ownership as for
/// <see cref="ArrowSchema"/>. Callbacks return 0 or an errno and are called by one thread at a time.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct ArrowArrayStream
{
    public delegate* unmanaged[Cdecl]<ArrowArrayStream*, ArrowSchema*, int> GetSchema;

    /// <summary>The next batch; at the end, an array whose release is null.</summary>
    public delegate* unmanaged[Cdecl]<ArrowArrayStream*, ArrowArray*, int> GetNext;

    /// <summary>What went wrong in the last call that failed: UTF-8, zero-terminated, valid until the next call; or null.</summary>
    public delegate* unmanaged[Cdecl]<ArrowArrayStream*, byte*> GetLastError;

    public delegate* unmanaged[Cdecl]<ArrowArrayStream*, void> Release;
    public void* PrivateData;
}
