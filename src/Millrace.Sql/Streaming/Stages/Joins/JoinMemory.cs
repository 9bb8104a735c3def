using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>
/// The rows of one side that a join keeps. Their tags count the matches of each, for a side whose rows are given alone; their
/// notes say what was given of them.
/// </summary>
internal sealed class JoinMemory : IDisposable
{
    private readonly JoinStage _stage;
    private readonly JoinSide _side;
    private readonly int _number;
    private readonly KeyTable _keys;
    private readonly StageContext _context;
    private readonly long? _timeToLive;

    // Rows that were used in this round, of which the time is known at its end.
    private readonly List<int> _used = [];
    private readonly List<int> _changed = [];
    private int[] _keyNumbers = [];

    public JoinMemory(JoinStage stage, int number, KeyTable keys, StageContext context)
    {
        (_stage, _side, _number, _keys, _context) = (stage, stage.Sides[number], number, keys, context);
        _timeToLive = _side.Lag is null && context.Settings.StateTimeToLive is { } life ? (long)life.TotalMicroseconds : null;
        Rows = new KeyedRows(_side.Stage.Schema, keys, new KeyedRowsOptions
        {
            Retracts = _side.Stage.IsChanges,
            HasTags = CountsMatches,
            TimeColumn = _side.TimeColumn,
            TracksUse = _timeToLive is not null,
        });
    }

    public KeyedRows Rows { get; }

    /// <summary>Whether the matches of each row are counted.</summary>
    public bool CountsMatches => _side.Alone != GivenAlone.None;

    /// <summary>When the first row may have lived long enough; null if none will.</summary>
    public long? WakesAt => Rows.Count > 0 && _timeToLive is { } life && Rows.Uses!.Least() is var least and not StreamTime.End ? StreamTime.Later(least, life) : null;

    /// <summary>Numbers of the keys of rows; those that can match nothing have none. Dead after the next call.</summary>
    public ReadOnlySpan<int> KeysOf(RecordBatch rows)
    {
        if (_keyNumbers.Length < rows.Length)
        {
            _keyNumbers = new int[rows.Length];
        }

        Span<int> numbers = _keyNumbers.AsSpan(0, rows.Length);
        _side.FindKeys(_keys, rows, numbers);
        return numbers;
    }

    /// <summary>The matches or the weight of a row have changed.</summary>
    public void Changed(int row)
    {
        if (_changed.Count == 0 || _changed[^1] != row)
        {
            _changed.Add(row);
        }
    }

    /// <summary>Counts matches more, or fewer.</summary>
    public void Match(int row, long count)
    {
        long before = Rows.Tags[row];
        long after = Weights.Sum(before, count);
        Rows.SetTag(row, after);
        if (before == 0 || after == 0 || _stage.Kind == LogicalJoinKind.Single)
        {
            Changed(row);
        }
    }

    /// <summary>Rows were used.</summary>
    public void Use(ReadOnlySpan<int> rows)
    {
        if (_timeToLive is not null)
        {
            _used.AddRange(rows);
        }
    }

    /// <summary>Gives what has changed in the round for rows by themselves.</summary>
    public void GiveChanged(JoinOutput output)
    {
        var alone = new AloneRows(_number, _side, Rows, output);
        foreach (int row in _changed)
        {
            long weight = Rows.Weights[row];
            long matches = Rows.Tags[row];
            if (_stage.Kind == LogicalJoinKind.Single && matches > 1 && weight > 0)
            {
                throw Execution.JoinErrors.SecondMatch();
            }

            (long old, long now) = (Rows.Notes[row], NoteOf(weight, matches));
            if (old != now)
            {
                alone.Add(row, (old & 1) != 0, -(old >> 1));
                alone.Add(row, (now & 1) != 0, now >> 1);
                Rows.Notes[row] = now;
            }
        }

        alone.Give();
        _changed.Clear();
    }

    /// <summary>Drops the rows that are useless from now on; of some it is certain now that they match nothing.</summary>
    public void DropUseless(long watermark, JoinOutput output)
    {
        if (_side.Lag is not { } lag || watermark == StreamTime.None)
        {
            return;
        }

        var useless = new List<int>();
        Rows.Times!.FindBefore(JoinSide.Before(watermark, lag), Rows.Weights, useless);
        if (_side.Alone.HasFlag(GivenAlone.WithoutMatch))
        {
            var alone = new AloneRows(_number, _side, Rows, output);
            foreach (int row in useless)
            {
                if (Rows.Tags[row] == 0)
                {
                    alone.Add(row, false, Rows.Weights[row]);
                }
            }

            alone.Give();
        }

        Rows.Remove(CollectionsMarshal.AsSpan(useless));
    }

    /// <summary>Drops all rows, since no row comes any more that could match. Those that wait for the watermark go with it.</summary>
    public void DropAll()
    {
        if (_side.Lag is not null || Rows.Count == 0)
        {
            return;
        }

        var all = new List<int>();
        for (int row = 0; row < Rows.Weights.Length; row++)
        {
            if (Rows.Weights[row] != 0)
            {
                all.Add(row);
            }
        }

        Rows.Remove(CollectionsMarshal.AsSpan(all));
    }

    /// <summary>Drops the rows that were not used for the time to live.</summary>
    public void Expire(long now)
    {
        if (_timeToLive is not { } life)
        {
            return;
        }

        foreach (int row in _used)
        {
            Rows.Uses!.Set(row, now);
        }

        _used.Clear();
        var expired = new List<int>();
        Rows.Uses!.FindBefore(StreamTime.Later(now, 1 - life), Rows.Weights, expired);
        _context.Counters.AddExpired(expired.Count);
        Rows.Remove(CollectionsMarshal.AsSpan(expired));
    }

    public void Import(RecordBatch saved)
    {
        ReadOnlySpan<int> numbers = Rows.Import(saved, KeysOf(saved), StreamTime.End);
        Use(numbers);
        if (CountsMatches)
        {
            foreach (int row in numbers)
            {
                Rows.Notes[row] = NoteOf(Rows.Weights[row], Rows.Tags[row]);
            }
        }
    }

    public void Dispose() => Rows.Dispose();

    // What is given of a row by itself: twice its weight, and one more for a row with a match; zero for nothing.
    private long NoteOf(long weight, long matches)
    {
        bool isGiven = matches == 0
            ? _side.Alone.HasFlag(GivenAlone.WithoutMatch) && _side.Lag is null
            : _side.Alone.HasFlag(GivenAlone.WithMatch);
        return weight == 0 || !isGiven ? 0 : (weight << 1) | (matches == 0 ? 0L : 1L);
    }
}
