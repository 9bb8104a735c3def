namespace Millrace.Formats.Parquet;

/// <summary>A data page that waits in the arena until its row group is written.</summary>
/// <param name="Position">Where its header starts in the arena.</param>
/// <param name="Length">Bytes with the header, compressed.</param>
/// <param name="FirstRow">Number of its first row in the row group.</param>
/// <param name="Nulls">Entries without a value: nulls, and empty lists.</param>
/// <param name="Bounds">Least and greatest value, if there are any.</param>
internal sealed record WrittenPage(long Position, int Length, long FirstRow, long Nulls, Bounds? Bounds);
