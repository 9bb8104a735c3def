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

    /// <summary>The values as a column of a row each. The caller owns it; the vector stays as it is.</summary>
    public Column ToColumn(int rows) => IsConstant ? Repeat.Row(Column, rows) : Column.Share();

    public void Dispose() => Column.Dispose();
}
