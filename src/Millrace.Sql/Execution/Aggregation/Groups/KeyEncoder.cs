using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Writes the values of several columns as a byte string for each row, such that equal rows, and only those, have equal bytes:
/// a byte for null or not, then values of one width as they are, longer ones behind their length. One thread uses it.
/// </summary>
internal sealed unsafe class KeyEncoder : IDisposable
{
    private const byte Null = 0;
    private const byte Value = 1;

    private readonly GrowingArray<int> _starts = new();
    private readonly GrowingArray<int> _ends = new();
    private readonly GrowingArray<byte> _bytes = new();

    /// <summary>The bytes of a row; until the next batch.</summary>
    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            int start = _starts.Pointer[row];
            return new(_bytes.Pointer + start, _ends.Pointer[row] - start);
        }
    }

    public void Encode(ReadOnlySpan<Column> columns, int rows)
    {
        _starts.Resize(rows);
        _ends.Resize(rows);
        int* ends = _ends.Pointer;
        new Span<int>(ends, rows).Clear();
        foreach (Column column in columns)
        {
            AddSizes(column, rows, ends);
        }

        // Sizes become the places where the rows begin; writing moves them to the ends. Nulls take less than their room.
        long total = 0;
        for (int row = 0; row < rows; row++)
        {
            int size = ends[row];
            ends[row] = (int)total;
            _starts.Pointer[row] = (int)total;
            total += size;
            if (total > BufferPool.MaxCapacity)
            {
                throw SpillErrors.MemoryExhausted("The keys of one batch", BufferPool.MaxCapacity);
            }
        }

        _bytes.Resize((int)total);
        foreach (Column column in columns)
        {
            Write(column, rows, ends);
        }
    }

    public void Dispose()
    {
        _starts.Dispose();
        _ends.Dispose();
        _bytes.Dispose();
    }

    private static void AddSizes(Column column, int rows, int* sizes)
    {
        switch (column)
        {
            case BinaryColumn binary:
                ReadOnlySpan<int> offsets = binary.Offsets;
                for (int row = 0; row < rows; row++)
                {
                    sizes[row] += 1 + sizeof(int) + offsets[row + 1] - offsets[row];
                }

                break;
            case ListColumn or StructColumn or DictionaryColumn:
                for (int row = 0; row < rows; row++)
                {
                    sizes[row] += Size(column, row);
                }

                break;
            default:
                int width = 1 + (column is BooleanColumn ? 1 : column.Type.ByteWidth);
                for (int row = 0; row < rows; row++)
                {
                    sizes[row] += width;
                }

                break;
        }
    }

    private void Write(Column column, int rows, int* ends)
    {
        byte* bytes = _bytes.Pointer;
        switch (column)
        {
            case FixedColumn<long> or FixedColumn<ulong> when !column.HasNulls:
                WriteAll((long*)FixedMemory.Start(column), rows, ends);
                break;
            case FixedColumn<int> or FixedColumn<uint> when !column.HasNulls:
                WriteAll((int*)FixedMemory.Start(column), rows, ends);
                break;
            case FixedColumn<Int128> when !column.HasNulls:
                WriteAll((Int128*)FixedMemory.Start(column), rows, ends);
                break;
            case BinaryColumn { HasNulls: false } binary:
                ReadOnlySpan<int> offsets = binary.Offsets;
                ReadOnlySpan<byte> data = binary.Data;
                for (int row = 0; row < rows; row++)
                {
                    byte* target = bytes + ends[row];
                    int length = offsets[row + 1] - offsets[row];
                    *target = Value;
                    Unsafe.WriteUnaligned(target + 1, length);
                    data.Slice(offsets[row], length).CopyTo(new Span<byte>(target + 1 + sizeof(int), length));
                    ends[row] += 1 + sizeof(int) + length;
                }

                break;
            default:
                for (int row = 0; row < rows; row++)
                {
                    byte* start = bytes + ends[row];
                    ends[row] += (int)(Write(column, row, start) - start);
                }

                break;
        }
    }

    private void WriteAll<T>(T* values, int rows, int* ends)
        where T : unmanaged
    {
        byte* bytes = _bytes.Pointer;
        for (int row = 0; row < rows; row++)
        {
            byte* target = bytes + ends[row];
            *target = Value;
            Unsafe.WriteUnaligned(target + 1, values[row]);
            ends[row] += 1 + sizeof(T);
        }
    }

    // At least as much as Write needs.
    private static int Size(Column column, int row)
    {
        switch (column)
        {
            case BinaryColumn binary:
                return 1 + sizeof(int) + binary[row].Length;
            case ListColumn list:
                int size = 1 + sizeof(int);
                for (int i = list.Offsets[row]; i < list.Offsets[row + 1]; i++)
                {
                    size += Size(list.Items, i);
                }

                return size;
            case StructColumn structs:
                return 1 + structs.Fields.Sum(f => Size(f, row));
            case DictionaryColumn dictionary:
                return Size(dictionary.Dictionary, dictionary.Indices[row]);
            default:
                return 1 + (column is BooleanColumn ? 1 : column.Type.ByteWidth);
        }
    }

    private static byte* Write(Column column, int row, byte* target)
    {
        if (column.IsNull(row))
        {
            *target = Null;
            return target + 1;
        }

        if (column is DictionaryColumn dictionary)
        {
            return Write(dictionary.Dictionary, dictionary.Indices[row], target);
        }

        *target++ = Value;
        switch (column)
        {
            case BinaryColumn binary:
                ReadOnlySpan<byte> value = binary[row];
                Unsafe.WriteUnaligned(target, value.Length);
                value.CopyTo(new Span<byte>(target + sizeof(int), value.Length));
                return target + sizeof(int) + value.Length;
            case FixedColumn<long> c:
                return Put(target, c.Values[row]);
            case FixedColumn<int> c:
                return Put(target, c.Values[row]);
            case FixedColumn<double> c:
                return Put(target, KeyWords.Word(c.Values[row]));
            case FixedColumn<float> c:
                float number = c.Values[row];
                return Put(target, float.IsNaN(number) ? float.NaN : number + 0.0f);
            case FixedColumn<Interval> c:
                return Put(target, Length(c.Values[row]));
            case BooleanColumn c:
                return Put(target, c.Values[row]);
            case FixedBinaryColumn c:
                c[row].CopyTo(new Span<byte>(target, c.Width));
                return target + c.Width;
            case ListColumn list:
                target = Put(target, list.Offsets[row + 1] - list.Offsets[row]);
                for (int i = list.Offsets[row]; i < list.Offsets[row + 1]; i++)
                {
                    target = Write(list.Items, i, target);
                }

                return target;
            case StructColumn structs:
                foreach (Column field in structs.Fields)
                {
                    target = Write(field, row, target);
                }

                return target;
            default:
                int width = column.Type.ByteWidth;
                Buffer.MemoryCopy(FixedMemory.Start(column) + ((long)row * width), target, width, width);
                return target + width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Put<T>(byte* target, T value)
        where T : unmanaged
    {
        Unsafe.WriteUnaligned(target, value);
        return target + sizeof(T);
    }

    // Intervals are equal by length, with months of 30 days.
    private static Int128 Length(Interval value)
    {
        const long day = 86_400_000_000_000;
        return ((((Int128)value.Months * 30) + value.Days) * day) + value.Nanoseconds;
    }
}
