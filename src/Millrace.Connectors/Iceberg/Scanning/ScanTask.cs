namespace Millrace.Connectors.Iceberg;

/// <summary>A data file to be read, with the files of deletes that apply to it.</summary>
/// <param name="File">The file.</param>
/// <param name="Positions">Files of position deletes.</param>
/// <param name="Equalities">Files of equality deletes.</param>
internal sealed record ScanTask(DataFile File, IReadOnlyList<DataFile> Positions, IReadOnlyList<DataFile> Equalities)
{
    /// <summary>The deletion vector, which has all rows that are deleted by position; null for none.</summary>
    public DataFile? Vector { get; init; }

    /// <summary>When the file's rows were added or last changed, for those that do not tell.</summary>
    public long SequenceNumber { get; init; }

    public bool DeletesByPosition => Vector is not null || Positions.Count > 0;

    public bool HasDeletes => DeletesByPosition || Equalities.Count > 0;
}
