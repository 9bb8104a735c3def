namespace Millrace.Runtime;

/// <summary>The bad rows of a run, counted as their batches reach the sink. One thread uses it.</summary>
internal sealed class RowErrorLedger(FailureSpec failure, RunProgress progress)
{
    private readonly List<RowError> _sample = [];
    private long _committed;
    private long _committedLetters;
    private int _committedSample;

    /// <summary>Bad rows of committed epochs and of the one that is open.</summary>
    public long Count { get; private set; }

    /// <summary>Those of them that are kept as dead letters.</summary>
    public long Letters { get; private set; }

    /// <summary>Bad rows of the open epoch.</summary>
    public long OpenCount => Count - _committed;

    /// <summary>Those of them that are kept as dead letters.</summary>
    public long OpenLetters => Letters - _committedLetters;

    /// <summary>One of them, as far as the sample reaches.</summary>
    public RowError? OpenExample => _committedSample < _sample.Count ? _sample[_committedSample] : null;

    /// <summary>The first of all, in the order in which they stand in their files.</summary>
    public IReadOnlyList<RowError> Sample
    {
        get
        {
            List<string?> files = [.. _sample.Select(e => e.Place.File).Distinct()];
            return [.. _sample.OrderBy(e => files.IndexOf(e.Place.File)).ThenBy(e => e.Place.Line ?? long.MaxValue).ThenBy(e => e.Place.Offset).ThenBy(e => e.Place.Row)];
        }
    }

    public static MillraceException TooMany(long count, FailureSpec failure, RowError last) => RuntimeErrors.TooManyBadRows.Error(
        $"{count} rows are bad and the job allows {failure.MaxBadRows}; the last one: {last.Message}", last.Place);

    /// <summary>Counts bad rows of the open epoch.</summary>
    /// <returns>Those to be kept as dead letters.</returns>
    public IReadOnlyList<RowError> Add(BadRows rows)
    {
        Count += rows.Count;
        progress.AddBadRows(rows.Count);
        foreach (RowError error in rows.Kept)
        {
            if (_sample.Count == SplitErrors.SampleSize)
            {
                break;
            }

            _sample.Add(error);
        }

        if (Count > failure.MaxBadRows)
        {
            throw TooMany(Count, failure, rows.Kept.Count > 0 ? rows.Kept[^1] : _sample[^1]);
        }

        RowError[] letters = [.. rows.Kept.Where(e => failure.StrategyOf(e.Stage) == FailureStrategy.DeadLetter)];
        Letters += letters.Length;
        return letters;
    }

    /// <summary>What was added belongs to a committed epoch.</summary>
    public void Commit()
    {
        _committed = Count;
        _committedLetters = Letters;
        _committedSample = _sample.Count;
    }

    /// <summary>Forgets what was added since the last commit.</summary>
    public void Abort()
    {
        Count = _committed;
        Letters = _committedLetters;
        _sample.RemoveRange(_committedSample, _sample.Count - _committedSample);
    }
}
