using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>
/// Makes the values of one column for any range of rows. It keeps nothing from call to call, so that several readers use one
/// at once; what it holds lives as long as its plan.
/// </summary>
internal abstract class ColumnGenerator(DataType type) : IDisposable
{
    public DataType Type => type;

    /// <summary>Bytes a row takes at most, for the size of batches and splits.</summary>
    public abstract long RowBytes { get; }

    public virtual bool Nullable => false;

    /// <summary>A column of so many rows, which the caller owns.</summary>
    public abstract Column Build(long firstRow, int count);

    /// <summary>Throws if some of the rows cannot be made.</summary>
    public virtual void Check(long firstRow, long lastRow)
    {
    }

    public virtual void Dispose()
    {
    }
}
