namespace Millrace.Formats.Parquet;

/// <summary>The rows of a column that have a value: a run of them, or row numbers that live until the next batch.</summary>
internal readonly unsafe struct RowSelection
{
    private RowSelection(int start, int count, int* rows)
    {
        Start = start;
        Count = count;
        Rows = rows;
    }

    /// <summary>First row of a run.</summary>
    public int Start { get; }

    public int Count { get; }

    /// <summary>Row numbers, or null for a run.</summary>
    public int* Rows { get; }

    public bool IsRun => Rows == null;

    public static RowSelection Run(int start, int count) => new(start, count, null);

    public static RowSelection Of(int* rows, int count) => new(0, count, rows);
}
