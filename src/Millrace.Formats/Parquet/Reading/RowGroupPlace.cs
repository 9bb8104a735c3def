namespace Millrace.Formats.Parquet;

/// <summary>A row group's place in the file.</summary>
/// <param name="Start">Offset of its first page.</param>
/// <param name="Bytes">Bytes of its pages in the file.</param>
/// <param name="FirstRow">Rows of the file before it.</param>
public readonly record struct RowGroupPlace(long Start, long Bytes, long FirstRow);
