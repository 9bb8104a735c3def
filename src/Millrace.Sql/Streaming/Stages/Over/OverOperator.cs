using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>An <see cref="OverStage"/> in one lane.</summary>
internal sealed class OverOperator : StageOperator
{
    // Tags of rows: not given yet, given, and without a time, which come last.
    private const long Waits = 0;
    private const long IsGiven = 1;
    private const long Timeless = 2;

    private readonly OverStage _stage;
    private readonly StageContext _context;
    private readonly KeyTable _keys;
    private readonly KeyedRows _rows;
    private readonly FaultMemory _faults = new();

    // Rows before this time were given or are late.
    private long _passed = StreamTime.None;

    public OverOperator(OverStage stage, StageContext context)
    {
        (_stage, _context) = (stage, context);
        Schema schema = stage.Inputs[0].Stage.Schema;
        _keys = new KeyTable([.. stage.Keys.Select(k => schema[k].Type)], [.. stage.Keys.Select(_ => true)]);
        _rows = new KeyedRows(schema, _keys, new KeyedRowsOptions { HasTags = true, TimeColumn = stage.Time });
    }

    public override StateSize Size => new(_rows.Count, _rows.ByteSize + _keys.ByteSize);

    public override long WatermarkOf(long watermark) => Limit(watermark);

    public override void Push(int input, RecordBatch rows)
    {
        var times = (FixedColumn<long>)rows[_stage.Time];
        var late = new List<int>();
        var kept = new List<int>();
        for (int row = 0; row < rows.Length; row++)
        {
            (!times.IsNull(row) && StreamTime.FromUnit(times.Values[row], times.Type.Unit) < _passed ? late : kept).Add(row);
        }

        if (late.Count == 0)
        {
            Add(rows);
            return;
        }

        _context.Counters.AddLate(late.Count);
        if (_context.Settings is { Late: LateRows.SideOutput, OnLateRows: { } handler })
        {
            using RecordBatch gone = Take.Rows(rows, CollectionsMarshal.AsSpan(late));
            handler(gone);
        }

        using RecordBatch some = Take.Rows(rows, CollectionsMarshal.AsSpan(kept));
        Add(some);
    }

    public override async ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
    {
        long limit = Limit(time.Watermark);
        if (limit <= _passed)
        {
            return;
        }

        List<int> due = FindDue(limit, time.IsEnd);
        if (due.Count > 0)
        {
            await GiveAsync(due, limit, cancellation).ConfigureAwait(false);
        }

        _passed = limit;
        if (_stage.Reach.Rows == 0)
        {
            DropBefore(limit);
        }

        _keys.Tidy();
    }

    public override void Export(IStateWriter writer, bool full) => _rows.Export(writer, OverStage.Rows, full);

    public override void Import(string table, StateChange change, RecordBatch rows)
    {
        _rows.Import(rows, FindKeys(rows), 0);

        // Rows behind one that was given are late; how far time was complete beyond it does not matter.
        ReadOnlySpan<long> tags = _rows.Tags;
        for (int row = 0; row < tags.Length; row++)
        {
            if (tags[row] == IsGiven)
            {
                _passed = Math.Max(_passed, _rows.Times![row]);
            }
        }
    }

    public override void Dispose()
    {
        _rows.Dispose();
        _keys.Dispose();
    }

    private long Limit(long watermark)
        => watermark is StreamTime.End or StreamTime.None ? watermark : long.CreateSaturating((Int128)watermark - _stage.Lag);

    private void Add(RecordBatch rows)
    {
        var times = (FixedColumn<long>)rows[_stage.Time];
        ReadOnlySpan<int> numbers = _rows.Add(rows, FindKeys(rows), default, 0);
        for (int row = 0; row < numbers.Length; row++)
        {
            _rows.SetTag(numbers[row], times.IsNull(row) ? Timeless : Waits);
        }
    }

    private List<int> FindDue(long limit, bool isEnd)
    {
        var due = new List<int>();
        _rows.Times!.FindBefore(limit, _rows.Weights, due);
        due.RemoveAll(row => _rows.Tags[row] != Waits && !(isEnd && _rows.Tags[row] == Timeless));
        return due;
    }

    // Rows behind the due ones are left out: no frame looks there.
    private async ValueTask GiveAsync(List<int> due, long limit, CancellationToken cancellation)
    {
        due.ForEach(row => _rows.SetTag(row, IsGiven));
        var given = due.ToHashSet();
        var numbers = new List<int>();
        foreach (int key in due.Select(_rows.KeyOf).Distinct())
        {
            for (int row = _rows.First(key); row != KeyedRows.None; row = _rows.Next(row))
            {
                // Equal rows may be one that counts more often.
                for (long i = _rows.Tags[row] == IsGiven ? _rows.Weights[row] : 0; i > 0; i--)
                {
                    numbers.Add(row);
                }
            }
        }

        RecordBatch rows = _rows.Take(CollectionsMarshal.AsSpan(numbers));
        using (rows)
        {
            RecordBatch numbered = Weights.Join(rows, [.. numbers.Select(n => (long)n)]);
            List<RecordBatch> made = await _stage.Plan.RunAsync([[numbered]], _faults.Begin(_context.Query, silent: false), cancellation).ConfigureAwait(false);
            var places = new List<(int Row, long Place)>();
            foreach (RecordBatch batch in made)
            {
                using (batch)
                {
                    Give(batch, given, places);
                }
            }

            Drop(places, limit);
        }
    }

    private void Give(RecordBatch made, HashSet<int> given, List<(int Row, long Place)> places)
    {
        int width = _stage.Schema.Count;
        ReadOnlySpan<long> rows = ((FixedColumn<long>)made[width]).Values;
        ReadOnlySpan<long> place = ((FixedColumn<long>)made[width + 1]).Values;
        var chosen = new List<int>();
        for (int i = 0; i < rows.Length; i++)
        {
            places.Add(((int)rows[i], place[i]));
            if (given.Contains((int)rows[i]))
            {
                chosen.Add(i);
            }
        }

        using RecordBatch result = Take.Rows(made, CollectionsMarshal.AsSpan(chosen));
        _context.Emit(new RecordBatch(_stage.Schema, result.Length, [.. result.Columns.Take(width).Select(c => c.Share())]));
    }

    // Later rows stand behind all that were given: of these the last few matter, and those near enough in time.
    private void Drop(List<(int Row, long Place)> places, long limit)
    {
        if (_stage.Reach.Rows is not { } reach)
        {
            return;
        }

        var last = new Dictionary<int, long>();
        foreach ((int row, long place) in places)
        {
            ref long most = ref CollectionsMarshal.GetValueRefOrAddDefault(last, _rows.KeyOf(row), out _);
            most = Math.Max(most, place);
        }

        foreach (IGrouping<int, (int Row, long Place)> row in places.GroupBy(p => p.Row))
        {
            long first = last[_rows.KeyOf(row.Key)] - reach;
            _rows.Lower(row.Key, IsNear(row.Key, limit) ? row.Count() : row.Count(p => p.Place > first));
        }
    }

    // Frames by time only: keys without new rows lose theirs too.
    private void DropBefore(long limit)
    {
        var gone = new List<int>();
        _rows.Times!.FindBefore(limit, _rows.Weights, gone);
        gone.RemoveAll(row => _rows.Tags[row] != IsGiven || IsNear(row, limit));
        _rows.Remove(CollectionsMarshal.AsSpan(gone));
    }

    private bool IsNear(int row, long limit) => StreamTime.Later(_rows.Times![row], _stage.Reach.Micros) >= limit;

    private int[] FindKeys(RecordBatch rows)
    {
        Column[] columns = [.. _stage.Keys.Select(k => rows[k])];
        var numbers = new int[rows.Length];
        _keys.Find(columns, rows.Length, numbers);
        return numbers;
    }
}
