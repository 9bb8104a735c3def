namespace Millrace.Connectors.Iceberg;

/// <summary>Rows of a data file that a commit deletes.</summary>
/// <param name="File">The file.</param>
/// <param name="Rows">Marks of the rows.</param>
internal sealed record DeadRows(DataFile File, RowMarks Rows);
