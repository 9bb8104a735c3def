using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>
/// Makes a column of values as a server sends them. One decoder belongs to
/// one column of one reader; a call appends a run of rows.
/// </summary>
internal abstract class ColumnDecoder : IDisposable
{
    public abstract ColumnBuilder Builder { get; }

    /// <summary>
    /// Appends a row for each value of the run. A value that the column's type cannot hold becomes null and is reported to
    /// <paramref name="bad"/>.
    /// </summary>
    public abstract void Decode(FieldRun run, BadValues bad);

    public virtual void Dispose() => Builder.Dispose();
}
