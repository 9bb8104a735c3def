using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Columns of booleans.</summary>
/// <param name="inferred">The type was found out from the words true and false: others ask for a wider type.</param>
internal sealed class BooleanDecoder(int fileColumn, int number, int capacity, FieldText text, bool inferred)
    : ColumnDecoder(fileColumn, number, new BooleanBuilder(capacity), text)
{
    public override void Decode(RowSet rows, FieldFaults faults)
    {
        var builder = (BooleanBuilder)Builder;
        for (int row = 0; row < rows.Count; row++)
        {
            if (!TryGetTrimmed(rows, row, out ReadOnlySpan<byte> value))
            {
                builder.AppendNull();
                continue;
            }

            if (!BooleanText.TryParse(value, out bool parsed) || (inferred && value.Length < "true".Length))
            {
                faults.Add(row, Number);
            }

            builder.Append(parsed);
        }
    }
}

/// <summary>Columns of bytes of any length, written as <c>\x</c> and hex digits.</summary>
internal sealed class HexDecoder(int fileColumn, int number, int capacity, FieldText text)
    : ColumnDecoder(fileColumn, number, new BinaryBuilder(DataType.Binary, capacity), text)
{
    public override void Decode(RowSet rows, FieldFaults faults)
    {
        var builder = (BinaryBuilder)Builder;
        for (int row = 0; row < rows.Count; row++)
        {
            if (!TryGetTrimmed(rows, row, out ReadOnlySpan<byte> value))
            {
                builder.AppendNull();
                continue;
            }

            Span<byte> target = builder.GetSpan(value.Length);
            if (!HexText.TryParse(value, target, out int written))
            {
                faults.Add(row, Number);
            }

            builder.Commit(written);
        }
    }
}

/// <summary>Columns of UUIDs, and of bytes of one length written as hex digits.</summary>
internal sealed class FixedBinaryDecoder(int fileColumn, int number, DataType type, int capacity, FieldText text)
    : ColumnDecoder(fileColumn, number, new FixedBinaryBuilder(type, capacity), text)
{
    private readonly bool _isUuid = type.Id == TypeId.Uuid;

    public override void Decode(RowSet rows, FieldFaults faults)
    {
        var builder = (FixedBinaryBuilder)Builder;
        int width = builder.Type.ByteWidth;
        for (int row = 0; row < rows.Count; row++)
        {
            if (!TryGetTrimmed(rows, row, out ReadOnlySpan<byte> value))
            {
                builder.AppendNull();
                continue;
            }

            Span<byte> target = builder.AppendUninitialized(1);
            target.Clear();
            bool ok = _isUuid
                ? UuidText.TryParse(value, target)
                : value.Length == HexText.FormattedLength(width) && HexText.TryParse(value, target, out _);
            if (!ok)
            {
                faults.Add(row, Number);
            }
        }
    }
}
