using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>What an operator of a lane works with.</summary>
public sealed class StageContext
{
    /// <summary>Time, limits, and what becomes of rows without a value.</summary>
    public required QueryContext Query { get; init; }

    /// <summary>Number of the lane, from 0. Lane 0 has all rows that are not dealt by a key.</summary>
    public required int Lane { get; init; }

    public required StreamSettings Settings { get; init; }

    /// <summary>What the operators of the stage count, over all lanes.</summary>
    public required StageCounters Counters { get; init; }

    /// <summary>Takes rows in the stage's <see cref="StagePlan.BatchSchema"/> over; batches without rows are dropped.</summary>
    public required Action<RecordBatch> Emit { get; init; }
}

/// <summary>What the operators of a stage count. Lanes add at once.</summary>
public sealed class StageCounters
{
    private long _lateRows;
    private long _expiredRows;

    /// <summary>Rows that came after their window was closed.</summary>
    public long LateRows => Interlocked.Read(ref _lateRows);

    /// <summary>Rows of state that were dropped because their time to live was over.</summary>
    public long ExpiredRows => Interlocked.Read(ref _expiredRows);

    public void AddLate(long rows) => Interlocked.Add(ref _lateRows, rows);

    public void AddExpired(long rows) => Interlocked.Add(ref _expiredRows, rows);
}
