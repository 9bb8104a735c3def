using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>What a join gives of a row of one side by itself.</summary>
[Flags]
internal enum GivenAlone
{
    None = 0,

    /// <summary>The row, if it matches nothing.</summary>
    WithoutMatch = 1,

    /// <summary>The row once, if it matches anything.</summary>
    WithMatch = 2,
}

/// <summary>One side of a join.</summary>
internal sealed record JoinSide
{
    /// <summary>Where its rows come from.</summary>
    public required StagePlan Stage { get; init; }

    /// <summary>Numbers of the key columns, in the order of those of the other side.</summary>
    public required IReadOnlyList<int> Keys { get; init; }

    /// <summary>How many of its columns the join is over; keys that were computed stand behind them.</summary>
    public required int Width { get; init; }

    public required GivenAlone Alone { get; init; }

    /// <summary>Number of the timestamp by which rows become useless, or pairs are told apart; null for none. Rows in which it is null match nothing.</summary>
    public int? TimeColumn { get; init; }

    /// <summary>Microseconds by which the watermark has to be past that time for the row to be useless; null for never.</summary>
    public long? Lag { get; init; }

    /// <summary>Microseconds by which the watermark is past the time of a row that is useless and late; null where no row is late.</summary>
    public long? LateLag { get; init; }

    /// <summary>The rows that are behind a watermark by a lag are those before this time.</summary>
    public static long Before(long watermark, long lag) => watermark is StreamTime.None or StreamTime.End ? watermark : StreamTime.Earlier(watermark, lag);

    /// <summary>Writes the numbers of the keys of rows; those that can match nothing have none.</summary>
    public void FindKeys(KeyTable keys, RecordBatch rows, Span<int> numbers)
    {
        keys.Find([.. Keys.Select(k => rows[k])], rows.Length, numbers);
        if (TimeColumn is { } column && rows[column] is { HasNulls: true } times)
        {
            Bitmap valid = times.Validity;
            for (int row = 0; row < numbers.Length; row++)
            {
                numbers[row] = valid[row] ? numbers[row] : KeyTable.None;
            }
        }
    }

    /// <summary>Numbers of the columns of the result.</summary>
    public int[] Output => [.. Enumerable.Range(0, Width)];

    /// <summary>The schema of the result's columns.</summary>
    public Schema OutputSchema => Stage.Schema.Select(Output);
}
