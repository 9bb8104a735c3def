namespace Millrace.Columnar;

/// <summary>Makes several columns so that those already made are given back when a later one fails.</summary>
public static class ColumnArrays
{
    /// <summary>One column for each index; the caller owns them.</summary>
    public static Column[] Make<TState>(int count, TState state, Func<TState, int, Column> make)
        where TState : allows ref struct
    {
        var columns = new Column[count];
        int made = 0;
        try
        {
            for (; made < count; made++)
            {
                columns[made] = make(state, made);
            }
        }
        catch
        {
            for (int i = 0; i < made; i++)
            {
                columns[i].Dispose();
            }

            throw;
        }

        return columns;
    }
}
