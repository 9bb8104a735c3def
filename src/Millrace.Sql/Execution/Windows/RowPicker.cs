using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Appends rows of a column by number to a builder of any type.</summary>
internal static class RowPicker
{
    /// <summary>Stands for no row.</summary>
    public const int None = -1;

    /// <summary>Appends the rows; null for <see cref="None"/>.</summary>
    public static void Append(ColumnBuilder builder, Vector values, ReadOnlySpan<int> rows)
    {
        if (values.Column.Length == 0)
        {
            // Then there is no row to pick.
            for (int i = 0; i < rows.Length; i++)
            {
                builder.AppendNull();
            }

            return;
        }

        if (Runs(rows) * 8 <= rows.Length && !values.IsConstant)
        {
            AppendRuns(builder, values.Column, rows);
            return;
        }

        var present = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            present[i] = Math.Max(rows[i], 0) * values.Step;
        }

        int start = builder.Length;
        using Column taken = Take.Rows(values.Column, present);
        builder.AppendRange(taken, 0, taken.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] == None)
            {
                builder.SetNull(start + i);
            }
        }
    }

    private static void AppendRuns(ColumnBuilder builder, Column values, ReadOnlySpan<int> rows)
    {
        for (int i = 0; i < rows.Length;)
        {
            int end = i + 1;
            while (end < rows.Length && Continues(rows[end - 1], rows[end]))
            {
                end++;
            }

            if (rows[i] == None)
            {
                for (; i < end; i++)
                {
                    builder.AppendNull();
                }
            }
            else
            {
                builder.AppendRange(values, rows[i], end - i);
                i = end;
            }
        }
    }

    private static int Runs(ReadOnlySpan<int> rows)
    {
        int runs = 1;
        for (int i = 1; i < rows.Length; i++)
        {
            runs += Continues(rows[i - 1], rows[i]) ? 0 : 1;
        }

        return runs;
    }

    private static bool Continues(int row, int next) => row == None ? next == None : next == row + 1;
}
