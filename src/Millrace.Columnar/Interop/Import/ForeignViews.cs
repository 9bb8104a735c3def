using System.Runtime.CompilerServices;

namespace Millrace.Columnar.Interop;

/// <summary>
/// Foreign byte strings by views: 16 bytes a row, which hold the length and either up to twelve bytes or the place of more
/// in one of several data buffers. The last buffer holds the sizes of those, as 64-bit numbers.
/// </summary>
internal static unsafe class ForeignViews
{
    private const int ViewSize = 16;
    private const int MaxInline = 12;
    private const int FirstData = 2;

    public static Column Import(ForeignRows window, ShapeNode node, ArrowArray* array)
    {
        int buffers = (int)Math.Min(array->BufferCount - FirstData - 1, int.MaxValue);
        var sizes = (long*)array->Buffers[array->BufferCount - 1];
        if (sizes == null && buffers > 0)
        {
            throw ArrowErrors.Invalid("The sizes of data buffers are a null pointer");
        }

        byte* views = window.Start(1, ViewSize);
        using NativeBuffer? validity = window.ValidityFromZero();
        using var builder = new BinaryBuilder(node.Type, window.Length);
        for (int row = 0; row < window.Length; row++, views += ViewSize)
        {
            if (validity is not null && !Bits.Get(validity.Pointer, row))
            {
                builder.AppendNull();
                continue;
            }

            int length = Unsafe.ReadUnaligned<int>(views);
            byte* value = length <= MaxInline ? views + sizeof(int) : Long(views, length, array->Buffers + FirstData, sizes, buffers);
            builder.Append(length >= 0 ? new ReadOnlySpan<byte>(value, length) : throw ArrowErrors.Invalid($"Row {row} claims {length} bytes"));
        }

        return ForeignBinary.Checked((BinaryColumn)builder.Build());
    }

    private static byte* Long(byte* view, int length, void** data, long* sizes, int buffers)
    {
        int buffer = Unsafe.ReadUnaligned<int>(view + 8);
        int start = Unsafe.ReadUnaligned<int>(view + 12);
        if ((uint)buffer >= (uint)buffers || start < 0 || start > sizes[buffer] - length || data[buffer] == null)
        {
            throw ArrowErrors.Invalid($"A view points at {length} bytes from {start} on in data buffer {buffer}, which is not there");
        }

        return (byte*)data[buffer] + start;
    }
}
