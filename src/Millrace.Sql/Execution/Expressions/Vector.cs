using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>The values of an expression for the rows of a batch: a column of a row each, or of one row that stands for all.</summary>
/// <param name="Column">The values.</param>
/// <param name="IsConstant">Whether the column's one row is the value in every row.</param>
public readonly record struct Vector(Column Column, bool IsConstant = false) : IDisposable
{
    public DataType Type => Column.Type;

    /// <summary>What a row number is multiplied with to get the column's: 0 for constants.</summary>
    public int Step => IsConstant ? 0 : 1;

    /// <summary>Whether every row is null.</summary>
    public bool IsNullConstant => IsConstant && Column.HasNulls;

    public bool IsNull(int row) => Column.IsNull(row * Step);

    public void Dispose() => Column.Dispose();
}
