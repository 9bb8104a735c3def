namespace Millrace.Columnar;

/// <summary>The values of fixed-width columns as plain memory, for kernels that only move them.</summary>
public static unsafe class FixedMemory
{
    /// <summary>The value of row 0. Lives as long as the column.</summary>
    public static byte* Start(Column column) => column is FixedBinaryColumn binary
        ? binary.ValuesBuffer.Pointer + ((long)binary.Offset * binary.Width)
        : (byte*)FixedType.Dispatch<StartVisitor, nint>(column.Type, new(column));

    /// <summary>A column of a fixed-width type; it takes over the references.</summary>
    public static Column Make(DataType type, int length, NativeBuffer values, NativeBuffer? validity, int nullCount)
        => FixedType.Dispatch<MakeVisitor, Column>(type, new(length, values, validity, nullCount));

    private readonly struct StartVisitor(Column column) : IFixedVisitor<nint>
    {
        public nint Visit<T>(DataType type)
            where T : unmanaged
        {
            var values = (FixedColumn<T>)column;
            return (nint)((T*)values.ValuesBuffer.Pointer + values.Offset);
        }

        public nint VisitBinary(DataType type) => throw new System.Diagnostics.UnreachableException();
    }

    private readonly struct MakeVisitor(int length, NativeBuffer values, NativeBuffer? validity, int nullCount) : IFixedVisitor<Column>
    {
        public Column Visit<T>(DataType type)
            where T : unmanaged => new FixedColumn<T>(type, length, values, validity, nullCount: nullCount);

        public Column VisitBinary(DataType type) => new FixedBinaryColumn(type, length, values, validity, nullCount: nullCount);
    }
}
