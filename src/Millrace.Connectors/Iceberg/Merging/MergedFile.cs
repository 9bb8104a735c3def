namespace Millrace.Connectors.Iceberg;

/// <summary>A data file that rows are merged into, with what becomes of its rows.</summary>
/// <param name="task">The file and the deletes that apply to it.</param>
/// <param name="isOwn">Whether the epoch has written it itself.</param>
internal sealed class MergedFile(ScanTask task, bool isOwn)
{
    public ScanTask Task => task;

    public DataFile File => task.File;

    public bool IsOwn => isOwn;

    /// <summary>Rows that are replaced or removed.</summary>
    public RowMarks Dead { get; } = new(task.File.Rows);

    /// <summary>Rows whose keys came, and which stay.</summary>
    public RowMarks Seen { get; } = new(task.File.Rows);
}
