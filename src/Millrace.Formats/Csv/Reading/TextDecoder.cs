using System.Runtime.Intrinsics;
using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Columns of text and JSON.</summary>
internal sealed unsafe class TextDecoder(int fileColumn, int number, DataType type, int capacity, FieldText text)
    : ColumnDecoder(fileColumn, number, new BinaryBuilder(type, capacity), text)
{
    private const int Quick = 32;

    private readonly bool _isJson = type.Id == TypeId.Json;
    private readonly bool _careful = text.Dialect.Trim || text.Dialect.Escape >= 0;
    private int _bytesPerBatch;

    public override void Reserve(int rows)
    {
        var builder = (BinaryBuilder)Builder;
        builder.Reserve(rows, _bytesPerBatch);
    }

    public override void Decode(RowSet rows, FieldFaults faults)
    {
        var builder = (BinaryBuilder)Builder;
        int count = rows.Count;
        int first = builder.Length;
        builder.AppendRun(count, TotalLength(rows) + Quick, out Span<int> lengths, out Span<byte> data);
        fixed (int* lengthOf = lengths)
        fixed (byte* start = data)
        {
            byte* target = start;
            for (int row = 0; row < count; row++)
            {
                int* entry = rows.Entries + rows.Bases[row] + FileColumn;
                byte* field = rows.Text + entry[0] + 1;
                int length = entry[1] - entry[0] - 1;
                if (length is > 0 and <= Quick && !_careful && *field != Fields.Dialect.Quote && (Fields.Nulls.LengthMask >> length & 1) == 0)
                {
                    // Both sides have the room: the window its padding, the builder what was reserved beyond the total.
                    Vector256.Store(Vector256.Load(field), target);
                }
                else
                {
                    length = CopyOther(rows, row, first, target, faults);
                }

                lengthOf[row] = length;
                target += length;
            }
        }

        builder.CommitRun(count);
        _bytesPerBatch = Math.Max(_bytesPerBatch, builder.DataLength);
        foreach (int row in _nulls)
        {
            builder.SetNull(first + row);
        }

        _nulls.Clear();
        if (_isJson)
        {
            CheckJson(builder, first, count, faults);
        }
    }

    private readonly List<int> _nulls = [];

    private int TotalLength(RowSet rows)
    {
        int* entries = rows.Entries + FileColumn;
        int* bases = rows.Bases;
        long total = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            int* entry = entries + bases[row];
            total += entry[1] - entry[0];
        }

        return checked((int)total);
    }

    private int CopyOther(RowSet rows, int row, int first, byte* target, FieldFaults faults)
    {
        if (!TryGetText(rows, row, out ReadOnlySpan<byte> value))
        {
            _nulls.Add(row);
            return 0;
        }

        value.CopyTo(new Span<byte>(target, value.Length));
        return value.Length;
    }

    private void CheckJson(BinaryBuilder builder, int first, int count, FieldFaults faults)
    {
        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<byte> value = builder[first + row];
            if (value.Length > 0 && !IsJson(value))
            {
                faults.Add(row, Number);
            }
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
