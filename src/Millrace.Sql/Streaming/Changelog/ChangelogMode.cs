namespace Millrace.Sql.Streaming;

/// <summary>How changes of a result become rows of a target.</summary>
public enum ChangelogMode
{
    /// <summary>Rows as they are; only for results to which rows are added and never changed.</summary>
    Append,

    /// <summary>The last row of each key, with <c>_op</c> U; a key that is gone is a row of its key alone, with <c>_op</c> D.</summary>
    Upsert,

    /// <summary>Every change as rows with <c>_op</c>: +I added, -U and +U the old and new row of a key, -D taken back.</summary>
    Retract,

    /// <summary>Debezium's envelope: <c>before</c>, <c>after</c>, <c>op</c> (c, u, d) and <c>ts_ms</c>.</summary>
    Debezium,
}
