namespace Millrace.Runtime;

/// <summary>Bad rows that a lane met since its last batch. They travel with that batch, so that they belong to its epoch.</summary>
/// <param name="Count">How many.</param>
/// <param name="Kept">The rows that are kept, in their order: all where the job keeps dead letters, else a sample.</param>
internal sealed record BadRows(long Count, IReadOnlyList<RowError> Kept);

/// <summary>
/// Applies a job's failure strategy to the bad rows of one split, in the lane that reads it. One thread at a time uses it.
/// </summary>
internal sealed class SplitErrors(FailureSpec failure) : IRowErrorHandler
{
    /// <summary>Bad rows that a summary shows.</summary>
    public const int SampleSize = 10;

    // Rows wait here for the next good one. Input without any has another format than the job says.
    private const long MaxWaiting = 64 << 20;

    // Bytes of an error beside those of its row.
    private const int RowOverhead = 256;

    private readonly List<RowError> _kept = [];
    private long _count;
    private long _waiting;

    public void OnRowError(RowError error)
    {
        if (failure.StopsAt(error.Stage))
        {
            throw error.Code.Error(error.Message, error.Place);
        }

        if (++_count > failure.MaxBadRows)
        {
            throw RowErrorLedger.TooMany(_count, failure, error);
        }

        if (failure.StrategyOf(error.Stage) != FailureStrategy.DeadLetter && _kept.Count >= SampleSize)
        {
            return;
        }

        _kept.Add(error with { Raw = error.Raw.ToArray() });
        _waiting += error.Raw.Length + RowOverhead;
        if (_waiting > MaxWaiting)
        {
            throw RuntimeErrors.OnlyBadRows.Error($"{_count} bad rows stand together without a good one; the last one: {error.Message}", error.Place);
        }
    }

    /// <summary>What has come together since the last call; null for nothing.</summary>
    public BadRows? Take()
    {
        if (_count == 0)
        {
            return null;
        }

        var taken = new BadRows(_count, [.. _kept]);
        _kept.Clear();
        _count = 0;
        _waiting = 0;
        return taken;
    }
}
