namespace Millrace.Runtime;

/// <summary>Applies a job's failure strategy to bad rows. Lanes call it at once from several threads.</summary>
internal sealed class RowErrorLedger(FailureSpec failure, DeadLetterFile? letters, RunProgress progress) : IRowErrorHandler
{
    private const int SampleSize = 10;

    private readonly List<RowError> _sample = [];
    private readonly Lock _lock = new();
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public IReadOnlyList<RowError> Sample => _sample;

    public void OnRowError(RowError error)
    {
        if (failure.StopsAtBadRow)
        {
            throw error.Code.Error(error.Message, error.Place);
        }

        lock (_lock)
        {
            long count = Interlocked.Increment(ref _count);
            progress.AddBadRow();
            if (_sample.Count < SampleSize)
            {
                _sample.Add(error with { Raw = error.Raw.ToArray() });
            }

            letters?.Add(error);
            if (count > failure.MaxBadRows)
            {
                throw RuntimeErrors.TooManyBadRows.Error(
                    $"{count} rows are bad and the job allows {failure.MaxBadRows}; the last one: {error.Message}", error.Place);
            }
        }
    }
}
