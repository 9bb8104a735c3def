using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Compares rows with those before them.</summary>
internal static class AdjacentRows
{
    /// <summary>For each row whether it equals the row before it in all columns; null equals null. False for row 0.</summary>
    public static bool[] AreEqual(ReadOnlySpan<Column> columns, int rows)
    {
        var same = new bool[rows];
        if (rows < 2)
        {
            return same;
        }

        var numbers = new int[rows];
        for (int i = 0; i < rows; i++)
        {
            numbers[i] = i;
        }

        RowEquality.Test(columns, numbers.AsSpan(0, rows - 1), columns, numbers.AsSpan(1), same.AsSpan(1));
        return same;
    }
}
