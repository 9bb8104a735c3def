namespace Millrace.Formats.Csv;

/// <summary>Hands bad rows to the job with their bytes and their place.</summary>
internal sealed class BadRows(IRowErrorHandler handler)
{
    public void Report(CsvRecords records, int record, ErrorCode code, string message) => Report(records, record, code, message, records.PlaceOf(record));

    public void Report(CsvRecords records, int record, ErrorCode code, string message, ErrorPlace place)
    {
        ReadOnlySpan<byte> bytes = records.Bytes(record);
        handler.OnRowError(new RowError(code, message, place, bytes[..Math.Min(bytes.Length, RowError.MaxRaw)].ToArray()) { RawLength = bytes.Length });
    }
}
