using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Columns of a fixed width. A field is first taken for what it mostly is: a plain value.</summary>
/// <param name="careful">A plain text may mean something else, such as a null: it has to be looked at first.</param>
internal sealed unsafe class FixedDecoder<T, TParser>(int fileColumn, int number, DataType type, int capacity, FieldText text, TParser parser, bool careful)
    : ColumnDecoder(fileColumn, number, new FixedBuilder<T>(type, capacity), text)
    where T : unmanaged
    where TParser : struct, IValueParser<T>
{
    public override void Reserve(int rows) => ((FixedBuilder<T>)Builder).Reserve(rows);

    public override void Decode(RowSet rows, FieldFaults faults)
    {
        var builder = (FixedBuilder<T>)Builder;
        int first = builder.Length;
        int count = rows.Count;
        byte* bytes = rows.Text;
        int* entries = rows.Entries + FileColumn;
        int* bases = rows.Bases;
        fixed (T* target = builder.AppendUninitialized(count))
        {
            TParser plain = parser;
            bool lookFirst = careful;
            for (int row = 0; row < count; row++)
            {
                int* entry = entries + bases[row];
                int start = entry[0] + 1;
                int length = entry[1] - start;
                if (length <= 0 || lookFirst || !plain.TryQuick(bytes + start, length, out target[row]))
                {
                    DecodeOther(rows, row, first, target + row, faults);
                }
            }
        }
    }

    private void DecodeOther(RowSet rows, int row, int first, T* target, FieldFaults faults)
    {
        ReadOnlySpan<byte> field = Field(rows, row);
        if (!field.IsEmpty && field[0] == Fields.Dialect.Quote)
        {
            // In quotes stands mostly a plain value, which is no null.
            if (field.Length > 2 && field[^1] == field[0] && parser.TryParse(field[1..^1], out *target))
            {
                return;
            }
        }
        else if (!careful && !field.IsEmpty && parser.TryParse(field, out *target))
        {
            return;
        }

        *target = default;
        if (!TryGetTrimmed(rows, row, out ReadOnlySpan<byte> value))
        {
            Builder.SetNull(first + row);
        }
        else if (!parser.TryParse(value, out *target))
        {
            faults.Add(row, Number);
        }
    }
}
