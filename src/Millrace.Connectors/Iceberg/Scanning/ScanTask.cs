namespace Millrace.Connectors.Iceberg;

/// <summary>A data file to be read, with the files of deletes that apply to it.</summary>
/// <param name="File">The file.</param>
/// <param name="Positions">Files of position deletes.</param>
/// <param name="Equalities">Files of equality deletes.</param>
internal sealed record ScanTask(DataFile File, IReadOnlyList<DataFile> Positions, IReadOnlyList<DataFile> Equalities)
{
    public bool HasDeletes => Positions.Count + Equalities.Count > 0;
}
