using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// A <see cref="TopStage"/> in one lane: rows are put into the order of their key as they come. What a key gave before the
/// round is remembered when the round first touches it, and the difference is given at its end.
/// </summary>
internal sealed class TopOperator : StageOperator
{
    private readonly TopStage _stage;
    private readonly StageContext _context;
    private readonly bool _isChanges;
    private readonly KeyTable _keys;
    private readonly KeyedRows _rows;
    private readonly RowWords _words;
    private readonly TopLists _lists;
    private readonly TopChanges _changes;
    private readonly long? _timeToLive;
    private int[] _numbers = [];
    private int _generation;
    private bool _isRestored;

    public TopOperator(TopStage stage, StageContext context)
    {
        (_stage, _context) = (stage, context);
        StagePlan input = stage.Inputs[0].Stage;
        _isChanges = input.IsChanges;
        _timeToLive = stage.Keys.Count > 0 && context.Settings.StateTimeToLive is { } time ? (long)time.TotalMicroseconds : null;
        _keys = new KeyTable([.. stage.Keys.Select(k => input.Schema[k].Type)], [.. stage.Keys.Select(_ => true)]);
        _rows = new KeyedRows(input.Schema, _keys, new KeyedRowsOptions { Retracts = _isChanges, InOrder = true, TracksUse = _timeToLive is not null });
        _words = new RowWords(_rows, stage.Order);

        // Rows that are taken back make room for those behind the bound: some of these are at hand.
        _lists = new TopLists(_words, _isChanges ? (int)Math.Min(int.MaxValue / 4, (2L * stage.UpTo) + 16) : stage.UpTo);
        _changes = new TopChanges(stage, _rows, _lists, context.Emit);
    }

    public override StateSize Size => new(_rows.Count, _rows.ByteSize + _keys.ByteSize + _words.ByteSize + _lists.ByteSize);

    public override long? WakesAt => _timeToLive is { } time && _rows.Count > 0 ? _rows.Uses!.Least() + time : null;

    public override void Push(int input, RecordBatch rows)
    {
        // The run's clock is told at the end of the round only.
        Refresh();
        int step = _context.Settings.EmitsEveryRecord ? 1 : rows.Length;
        for (int row = 0; row < rows.Length; row += step)
        {
            using RecordBatch some = rows.Slice(row, step);
            if (_isChanges)
            {
                Change(some);
            }
            else
            {
                Add(some);
            }

            if (step == 1)
            {
                _changes.Give(keepsKeys: _timeToLive is not null);
            }
        }
    }

    public override ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
    {
        Refresh();
        _changes.Give(keepsKeys: _timeToLive is not null);
        Expire(time.Now);
        if (!time.IsEnd)
        {
            _keys.Tidy();
        }

        return ValueTask.CompletedTask;
    }

    public override void Export(IStateWriter writer, bool full) => _rows.Export(writer, TopStage.Rows, full);

    public override void Import(string table, StateChange change, RecordBatch rows)
    {
        _rows.Import(rows, FindKeys(rows), 0);
        (_generation, _isRestored) = (-1, true);
    }

    public override void Dispose()
    {
        _rows.Dispose();
        _keys.Dispose();
    }

    // Only rows that come before the last one of a full list are kept at all.
    private void Add(RecordBatch batch)
    {
        ReadOnlySpan<int> keys = FindKeys(batch);
        _words.Read(batch);
        var chosen = new List<int>(batch.Length);
        for (int row = 0; row < keys.Length; row++)
        {
            int key = keys[row];
            if (_timeToLive is not null)
            {
                _changes.Touch(key);
            }

            if (_lists.Count(key) < _stage.UpTo || _words.MayComeBefore(row, _lists.Last(key)))
            {
                chosen.Add(row);
            }
        }

        if (chosen.Count == 0)
        {
            return;
        }

        ReadOnlySpan<int> rows = CollectionsMarshal.AsSpan(chosen);
        var chosenKeys = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            chosenKeys[i] = keys[rows[i]];
        }

        using RecordBatch kept = rows.Length == batch.Length ? batch.Share() : Take.Rows(batch, rows);
        ReadOnlySpan<int> numbers = _rows.Add(kept, chosenKeys, default, 0);
        for (int i = 0; i < numbers.Length; i++)
        {
            (int key, int number) = (chosenKeys[i], numbers[i]);
            _words.Keep(rows[i], number);
            _changes.Touch(key);
            int dropped = _lists.Insert(key, ~_lists.Find(key, number), number);
            if (dropped != KeyedRows.None)
            {
                _rows.Remove([dropped]);
            }
        }
    }

    private void Change(RecordBatch changes)
    {
        using RecordBatch batch = Weights.Strip(changes);
        ReadOnlySpan<int> keys = FindKeys(batch);
        foreach (int key in keys)
        {
            _changes.Touch(key);
        }

        _words.Read(batch);
        ReadOnlySpan<int> numbers = _rows.Add(batch, keys, Weights.Of(changes), 0);
        for (int i = 0; i < numbers.Length; i++)
        {
            (int key, int number) = (keys[i], numbers[i]);
            _words.Keep(i, number);
            int place = _lists.Find(key, number);
            if (_rows.Weights[number] == 0)
            {
                if (place >= 0)
                {
                    _lists.RemoveAt(key, place);
                }
            }
            else if (place < 0 && (~place < _lists.Count(key) || !_lists.HasMore(key)))
            {
                _lists.Insert(key, ~place, number);
            }
        }

        foreach (int key in keys)
        {
            if (_lists.HasMore(key) && _changes.CountOf(key) < _stage.UpTo)
            {
                Fill(key);
            }
        }
    }

    // The list of a key from its rows.
    private void Fill(int key)
    {
        var rows = new List<int>();
        for (int row = _rows.First(key); row != KeyedRows.None; row = _rows.Next(row))
        {
            rows.Add(row);
        }

        _lists.Set(key, rows);
    }

    // Rows or keys have other numbers, or came from an earlier run.
    private void Refresh()
    {
        if (_generation == _rows.Generation)
        {
            return;
        }

        _words.Clear();
        _lists.Clear();
        foreach ((int first, RecordBatch chunk) in _rows.All)
        {
            _words.Read(chunk);
            for (int row = 0; row < chunk.Length; row++)
            {
                _words.Keep(row, first + row);
            }
        }

        for (int key = 0; key < _keys.Count; key++)
        {
            Fill(key);
        }

        _generation = _rows.Generation;
    }

    private void Expire(long now)
    {
        if (_timeToLive is not { } time)
        {
            return;
        }

        if (_isRestored)
        {
            // How long state was used before a restart is not known: it counts as used now.
            _changes.TouchAll(_keys.Count);
            _isRestored = false;
        }

        foreach (int key in _changes.TakeKeys())
        {
            for (int row = _rows.First(key); row != KeyedRows.None; row = _rows.Next(row))
            {
                _rows.Uses!.Set(row, now);
            }
        }

        var over = new List<int>();
        _rows.Uses!.FindBefore(now - time + 1, _rows.Weights, over);
        _rows.Remove(CollectionsMarshal.AsSpan(over));
        _context.Counters.AddExpired(over.Count);
        foreach (int key in over.Select(_rows.KeyOf).Distinct().ToArray())
        {
            Fill(key);
        }
    }

    private ReadOnlySpan<int> FindKeys(RecordBatch rows)
    {
        if (_numbers.Length < rows.Length)
        {
            _numbers = new int[Math.Max(rows.Length, RecordBatch.DefaultRows)];
        }

        Span<int> numbers = _numbers.AsSpan(0, rows.Length);
        _keys.Find([.. _stage.Keys.Select(k => rows[k])], rows.Length, numbers);
        return numbers;
    }
}
