namespace Millrace.Formats.Csv;

/// <summary>Hands bad rows to the job with their bytes and their place.</summary>
internal sealed class BadRows(IRowErrorHandler handler)
{
    /// <summary>Bytes of a bad row that are kept.</summary>
    public const int RawLimit = 64 << 10;

    public void Report(CsvRecords records, int record, ErrorCode code, string message) => Report(records, record, code, message, records.PlaceOf(record));

    public void Report(CsvRecords records, int record, ErrorCode code, string message, ErrorPlace place)
    {
        ReadOnlySpan<byte> bytes = records.Bytes(record);
        handler.OnRowError(new RowError(code, message, place, bytes[..Math.Min(bytes.Length, RawLimit)].ToArray()));
    }
}
