using System.Text;

namespace Millrace.Formats.Csv;

/// <summary>Finds line and column of a field, for messages.</summary>
internal static class FieldPlace
{
    public static unsafe ErrorPlace Of(CsvRecords records, RowSet rows, int row, ColumnDecoder decoder)
    {
        int record = rows.Records[row];
        fixed (byte* field = decoder.Field(rows, row))
        {
            return Of(records, record, (int)((field == null ? records.Text + records.StartOf(record) : field) - records.Text));
        }
    }

    /// <param name="start">Where in the chunk's text the field of the record begins.</param>
    public static unsafe ErrorPlace Of(CsvRecords records, int record, int start)
    {
        ErrorPlace place = records.PlaceOf(record);
        if (records.LineAt(start) is not { } line)
        {
            return place;
        }

        var before = new ReadOnlySpan<byte>(records.Text + records.StartOf(record), start - records.StartOf(record));
        int lineStart = before.LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
        return place with { Line = line, Column = Encoding.UTF8.GetCharCount(before[lineStart..]) + 1 };
    }
}
