namespace Millrace.Formats.Parquet;

/// <summary>The bytes of a column chunk in its file.</summary>
internal static class ChunkPlace
{
    /// <summary>
    /// Offset of the first page. Some writers set the offset of the dictionary to 0 for none, and some count the
    /// dictionary among the data pages, so it is only believed when it lies before them.
    /// </summary>
    public static long Start(ColumnMetadata column)
        => column.DictionaryPageOffset is { } dictionary && dictionary > 0 && dictionary < column.DataPageOffset ? dictionary : column.DataPageOffset;
}
