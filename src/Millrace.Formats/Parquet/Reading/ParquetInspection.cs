namespace Millrace.Formats.Parquet;

/// <summary>The footer of a file and what was made of it.</summary>
public sealed record ParquetInspection : FileInspection
{
    public required FileMetadata Metadata { get; init; }

    public required ParquetSchema Columns { get; init; }

    /// <summary>Where the row groups lie, in their order.</summary>
    public required IReadOnlyList<RowGroupPlace> Places { get; init; }
}
