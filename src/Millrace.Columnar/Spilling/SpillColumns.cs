using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Millrace.Columnar;

/// <summary>
/// Columns as bytes that only this process reads back, after their checksum was tested. A column is a byte that says whether it
/// has nulls, its validity if so, and its values; of byte strings and lists the lengths come first.
/// </summary>
public static unsafe class SpillColumns
{
    public static void Write(Column column, ByteBuffer target)
    {
        target.Write(column.HasNulls ? (byte)1 : (byte)0);
        if (column.HasNulls)
        {
            WriteBits(column.Validity, target);
        }

        switch (column)
        {
            case BooleanColumn booleans:
                WriteBits(booleans.Values, target);
                break;
            case BinaryColumn binary:
                WriteLengths(binary.Offsets, target);
                target.Write(binary.Data[binary.Offsets[0]..]);
                break;
            case FixedBinaryColumn binary:
                target.Write(binary.Bytes);
                break;
            case ListColumn list:
                WriteLengths(list.Offsets, target);
                using (Column items = list.Items.Slice(list.Offsets[0], list.Offsets[^1] - list.Offsets[0]))
                {
                    Write(items, target);
                }

                break;
            case StructColumn structs:
                foreach (Column field in structs.Fields)
                {
                    Write(field, target);
                }

                break;
            case DictionaryColumn dictionary:
                target.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<int>([dictionary.Dictionary.Length])));
                Write(dictionary.Dictionary, target);
                target.Write(MemoryMarshal.AsBytes(dictionary.Indices));
                break;
            default:
                FixedType.Dispatch<WriteVisitor, bool>(column.Type, new(column, target));
                break;
        }
    }

    /// <summary>The batch of what was written; the caller owns it.</summary>
    public static RecordBatch ReadBatch(Schema schema, int rows, ReadOnlySpan<byte> bytes)
    {
        var columns = new Column[schema.Count];
        int made = 0;
        try
        {
            for (; made < columns.Length; made++)
            {
                columns[made] = Read(schema[made].Type, rows, ref bytes);
            }

            return new RecordBatch(schema, rows, columns);
        }
        catch
        {
            for (int i = 0; i < made; i++)
            {
                columns[i].Dispose();
            }

            throw;
        }
    }

    private static Column Read(DataType type, int rows, ref ReadOnlySpan<byte> bytes)
    {
        bool nulls = Take(ref bytes, 1)[0] != 0;
        NativeBuffer? validity = nulls ? Copy(Take(ref bytes, Bits.ByteCount(rows))) : null;
        switch (type.Layout)
        {
            case TypeLayout.Bit:
                return new BooleanColumn(rows, Copy(Take(ref bytes, Bits.ByteCount(rows))), validity);
            case TypeLayout.VarBinary:
                NativeBuffer offsets = ReadOffsets(rows, ref bytes, out int total);
                return new BinaryColumn(type, rows, offsets, Copy(Take(ref bytes, total)), validity);
            case TypeLayout.Fixed:
                NativeBuffer values = Copy(Take(ref bytes, checked(rows * type.ByteWidth)));
                return FixedType.Dispatch<ReadVisitor, Column>(type, new(rows, values, validity));
            case TypeLayout.List:
                NativeBuffer starts = ReadOffsets(rows, ref bytes, out int items);
                return new ListColumn(type, rows, starts, Read(ListColumn.ItemType(type), items, ref bytes), validity);
            case TypeLayout.Struct:
                var fields = new Column[type.Children.Count];
                for (int i = 0; i < fields.Length; i++)
                {
                    fields[i] = Read(type.Children[i].Type, rows, ref bytes);
                }

                return new StructColumn(type, rows, fields, validity);
            case TypeLayout.Dictionary:
                int count = MemoryMarshal.Read<int>(Take(ref bytes, sizeof(int)));
                Column dictionary = Read(type.DictionaryValue, count, ref bytes);
                return new DictionaryColumn(type, rows, Copy(Take(ref bytes, checked(rows * sizeof(int)))), dictionary, validity);
            default:
                throw new UnreachableException();
        }
    }

    private static void WriteBits(Bitmap bits, ByteBuffer target)
    {
        int bytes = Bits.ByteCount(bits.Length);
        Span<byte> span = target.GetSpan(bytes)[..bytes];
        for (int at = 0; at < bits.Length; at += 64)
        {
            ulong word = bits.Word(at);
            Span<byte> part = span[(at >> 3)..];
            MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in word))[..Math.Min(8, part.Length)].CopyTo(part);
        }

        target.Advance(bytes);
    }

    private static void WriteLengths(ReadOnlySpan<int> offsets, ByteBuffer target)
    {
        int bytes = (offsets.Length - 1) * sizeof(int);
        int* lengths = (int*)target.Reserve(bytes);
        for (int i = 1; i < offsets.Length; i++)
        {
            lengths[i - 1] = offsets[i] - offsets[i - 1];
        }

        target.Advance(bytes);
    }

    private static NativeBuffer ReadOffsets(int rows, ref ReadOnlySpan<byte> bytes, out int total)
    {
        ReadOnlySpan<byte> lengths = Take(ref bytes, checked(rows * sizeof(int)));
        NativeBuffer offsets = BufferPool.Rent(checked((rows + 1) * sizeof(int)));
        int* to = (int*)offsets.Pointer;
        to[0] = 0;
        total = 0;
        for (int i = 0; i < rows; i++)
        {
            int length = MemoryMarshal.Read<int>(lengths[(i * sizeof(int))..]);
            if (length < 0)
            {
                offsets.Dispose();
                throw new ArgumentOutOfRangeException(nameof(bytes), "A length is below zero.");
            }

            total = checked(total + length);
            to[i + 1] = total;
        }

        return offsets;
    }

    private static NativeBuffer Copy(ReadOnlySpan<byte> bytes)
    {
        // A word more, since bitmaps are read in words.
        NativeBuffer copy = BufferPool.Rent(bytes.Length + sizeof(ulong));
        bytes.CopyTo(copy.Span);
        return copy;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        ReadOnlySpan<byte> taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private readonly struct WriteVisitor(Column column, ByteBuffer target) : IFixedVisitor<bool>
    {
        public bool Visit<T>(DataType type)
            where T : unmanaged
        {
            target.Write(MemoryMarshal.AsBytes(((FixedColumn<T>)column).Values));
            return true;
        }

        public bool VisitBinary(DataType type) => throw new UnreachableException();
    }

    private readonly struct ReadVisitor(int rows, NativeBuffer values, NativeBuffer? validity) : IFixedVisitor<Column>
    {
        public Column Visit<T>(DataType type)
            where T : unmanaged => new FixedColumn<T>(type, rows, values, validity);

        public Column VisitBinary(DataType type) => new FixedBinaryColumn(type, rows, values, validity);
    }
}
