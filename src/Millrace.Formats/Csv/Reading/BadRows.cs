using System.Globalization;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Hands bad rows to the job with their bytes, their fields and their place.</summary>
/// <param name="handler">Gets the rows.</param>
/// <param name="schema">Columns of the file.</param>
/// <param name="text">Decodes fields.</param>
internal sealed class BadRows(IRowErrorHandler handler, Schema schema, FieldText text)
{
    // Fields are for people; nobody reads more than this.
    private const int MaxShownRow = 64 << 10;

    public void Report(CsvRecords records, int record, ErrorCode code, string message) => Report(records, record, code, message, records.PlaceOf(record));

    public void Report(CsvRecords records, int record, ErrorCode code, string message, ErrorPlace place)
    {
        ReadOnlySpan<byte> bytes = records.Bytes(record);
        handler.OnRowError(new RowError(code, message, place, bytes[..Math.Min(bytes.Length, RowError.MaxRaw)].ToArray())
        {
            RawLength = bytes.Length,
            Fields = bytes.Length <= MaxShownRow ? Fields(records, record) : [],
        });
    }

    private unsafe KeyValuePair<string, string?>[] Fields(CsvRecords records, int record)
    {
        int first = records.FirstEntry(record);
        var fields = new KeyValuePair<string, string?>[Math.Max(records.LastEntry(record) - first, 0)];
        for (int i = 0; i < fields.Length; i++)
        {
            int start = records.Entries[first + i] + 1;
            int end = Math.Max(records.Entries[first + i + 1], start);
            bool hasValue = text.TryGet(new ReadOnlySpan<byte>(records.Text + start, end - start), out ReadOnlySpan<byte> value);
            string name = i < schema.Count ? schema[i].Name : "#" + (i + 1).ToString(CultureInfo.InvariantCulture);
            fields[i] = new(name, hasValue ? Encoding.UTF8.GetString(value) : null);
        }

        return fields;
    }
}
