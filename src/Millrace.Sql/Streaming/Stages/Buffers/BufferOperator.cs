using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>A <see cref="BufferStage"/> in one lane.</summary>
internal sealed class BufferOperator : StageOperator
{
    // Tags of rows: in the buffer, not in their turn yet, and without a time, which come last.
    private const long IsHeld = 0;
    private const long Waits = 1;
    private const long Timeless = 2;

    private readonly BufferStage _stage;
    private readonly StageContext _context;
    private readonly KeyTable _keys;
    private readonly KeyedRows _rows;
    private readonly FaultMemory _faults = new();
    private readonly ClosedUpTo _closed;
    private readonly WindowStep? _expiry;

    // Keys whose buffers got rows since the last round.
    private readonly HashSet<int> _dirty = [];
    private long _sequence;

    public BufferOperator(BufferStage stage, StageContext context)
    {
        (_stage, _context) = (stage, context);
        Schema schema = stage.Inputs[0].Stage.Schema;
        _keys = new KeyTable([.. stage.Keys.Select(k => schema[k].Type)], [.. stage.Keys.Select(_ => true)]);
        _rows = new KeyedRows(BufferStage.Stored(schema), _keys, new KeyedRowsOptions { HasTags = true, TimeColumn = stage.Time });
        _closed = new ClosedUpTo(context.Lane);
        _expiry = stage.Expiry is { } expiry ? new WindowStep(TimeUnit.Microsecond, expiry) : null;
    }

    public override StateSize Size => new(_rows.Count, _rows.ByteSize + _keys.ByteSize);

    public override void Push(int input, RecordBatch rows)
    {
        if (_stage.Time is not { } column)
        {
            _dirty.UnionWith(Add(rows, null));
            return;
        }

        var times = (FixedColumn<long>)rows[column];
        var late = new List<int>();
        var kept = new List<int>();
        for (int row = 0; row < rows.Length; row++)
        {
            (!times.IsNull(row) && StreamTime.FromUnit(times.Values[row], times.Type.Unit) < _closed.Watermark ? late : kept).Add(row);
        }

        if (late.Count == 0)
        {
            Add(rows, times);
            return;
        }

        _context.Counters.AddLate(late.Count);
        if (_context.Settings is { Late: LateRows.SideOutput, OnLateRows: { } handler })
        {
            using RecordBatch gone = Take.Rows(rows, CollectionsMarshal.AsSpan(late));
            handler(gone);
        }

        using RecordBatch some = Take.Rows(rows, CollectionsMarshal.AsSpan(kept));
        Add(some, (FixedColumn<long>)some[column]);
    }

    public override async ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
    {
        long limit = time.Watermark is StreamTime.End or StreamTime.None ? time.Watermark : StreamTime.Earlier(time.Watermark, _stage.Lag);
        if (_stage.Time is not null)
        {
            TakeTurns(limit, time.IsEnd);
        }

        HashSet<int> over = time.IsEnd ? [.. Enumerable.Range(0, _keys.Count).Where(_rows.HasRows)] : Expired(limit);
        _dirty.UnionWith(over);
        if (_dirty.Count > 0)
        {
            await GiveAsync(over, cancellation).ConfigureAwait(false);
            _dirty.Clear();
        }

        if (_stage.Time is not null)
        {
            _closed.Move(limit);
        }

        _keys.Tidy();
    }

    public override void Export(IStateWriter writer, bool full)
    {
        _closed.Export(writer, full);
        _rows.Export(writer, BufferStage.Rows, full);
    }

    public override void Import(string table, StateChange change, RecordBatch rows)
    {
        if (table == ClosedUpTo.Table.Name)
        {
            _closed.Import(rows);
            return;
        }

        int sequence = rows.Schema.IndexOf(BufferStage.Sequence.Name);
        foreach (long known in ((FixedColumn<long>)rows[sequence]).Values)
        {
            _sequence = Math.Max(_sequence, known + 1);
        }

        _rows.Import(rows, FindKeys(rows), 0);
    }

    public override void Dispose()
    {
        _rows.Dispose();
        _keys.Dispose();
    }

    private int[] Add(RecordBatch rows, FixedColumn<long>? times)
    {
        int[] keys = FindKeys(rows);
        using RecordBatch numbered = WithSequence(rows);
        ReadOnlySpan<int> numbers = _rows.Add(numbered, keys, default, 0);
        for (int row = 0; row < numbers.Length; row++)
        {
            _rows.SetTag(numbers[row], times is null ? IsHeld : times.IsNull(row) ? Timeless : Waits);
        }

        return keys;
    }

    private RecordBatch WithSequence(RecordBatch rows)
    {
        using var sequence = new FixedBuilder<long>(DataType.Int64, rows.Length);
        foreach (ref long number in sequence.AppendUninitialized(rows.Length))
        {
            number = _sequence++;
        }

        return new RecordBatch(BufferStage.Stored(rows.Schema), rows.Length, [.. rows.Columns.Select(c => c.Share()), sequence.Build()]);
    }

    // Rows before which none can come any more go to their buffers.
    private void TakeTurns(long limit, bool isEnd)
    {
        var due = new List<int>();
        _rows.Times!.FindBefore(limit, _rows.Weights, due);
        foreach (int row in due)
        {
            if (_rows.Tags[row] == Waits || (isEnd && _rows.Tags[row] == Timeless))
            {
                _rows.SetTag(row, IsHeld);
                _dirty.Add(_rows.KeyOf(row));
            }
        }
    }

    // Keys to whose buffers no row can come any more that is near enough in time.
    private HashSet<int> Expired(long limit)
    {
        if (_expiry is not { } expiry || limit is StreamTime.None)
        {
            return [];
        }

        var old = new List<int>();
        _rows.Times!.FindBefore(limit, _rows.Weights, old);
        var last = new Dictionary<int, long>();
        foreach (int row in old.Where(r => _rows.Tags[r] == IsHeld))
        {
            ref long time = ref CollectionsMarshal.GetValueRefOrAddDefault(last, _rows.KeyOf(row), out bool known);
            time = known ? Math.Max(time, _rows.Times[row]) : _rows.Times[row];
        }

        return [.. last.Where(k => expiry.From(k.Value, 1) < limit).Select(k => k.Key)];
    }

    private async ValueTask GiveAsync(HashSet<int> over, CancellationToken cancellation)
    {
        var numbers = new List<int>();
        foreach (int key in _dirty)
        {
            for (int row = _rows.First(key); row != KeyedRows.None; row = _rows.Next(row))
            {
                if (_rows.Tags[row] == IsHeld)
                {
                    numbers.Add(row);
                }
            }
        }

        if (numbers.Count == 0)
        {
            return;
        }

        using RecordBatch rows = _rows.Take(CollectionsMarshal.AsSpan(numbers));
        RecordBatch numbered = Weights.Join(rows, [.. numbers.Select(n => (long)n)]);
        List<RecordBatch> made = await _stage.Plan.RunAsync([[numbered]], _faults.Begin(_context.Query, silent: false), cancellation).ConfigureAwait(false);
        try
        {
            Give(made, over);
        }
        finally
        {
            made.ForEach(b => b.Dispose());
        }
    }

    // Buffers that are full, and all before the last one of their key.
    private void Give(List<RecordBatch> made, HashSet<int> over)
    {
        int width = _stage.Schema.Count;
        var last = new Dictionary<int, long>();
        foreach (RecordBatch batch in made)
        {
            ReadOnlySpan<long> rows = ((FixedColumn<long>)batch[width]).Values;
            ReadOnlySpan<long> buffers = ((FixedColumn<long>)batch[width + 1]).Values;
            for (int i = 0; i < rows.Length; i++)
            {
                ref long most = ref CollectionsMarshal.GetValueRefOrAddDefault(last, _rows.KeyOf((int)rows[i]), out _);
                most = Math.Max(most, buffers[i]);
            }
        }

        foreach (RecordBatch batch in made)
        {
            ReadOnlySpan<long> rows = ((FixedColumn<long>)batch[width]).Values;
            ReadOnlySpan<long> buffers = ((FixedColumn<long>)batch[width + 1]).Values;
            ReadOnlySpan<long> sizes = ((FixedColumn<long>)batch[width + 2]).Values;
            var given = new List<int>();
            var gone = new List<int>();
            for (int i = 0; i < rows.Length; i++)
            {
                int key = _rows.KeyOf((int)rows[i]);
                if (sizes[i] == _stage.Most || buffers[i] < last[key] || over.Contains(key))
                {
                    given.Add(i);
                    gone.Add((int)rows[i]);
                }
            }

            _rows.Remove(CollectionsMarshal.AsSpan(gone));

            using RecordBatch result = Take.Rows(batch, CollectionsMarshal.AsSpan(given));
            _context.Emit(new RecordBatch(_stage.Schema, result.Length, [.. result.Columns.Take(width).Select(c => c.Share())]));
        }
    }

    private int[] FindKeys(RecordBatch rows)
    {
        var numbers = new int[rows.Length];
        _keys.Find([.. _stage.Keys.Select(k => rows[k])], rows.Length, numbers);
        return numbers;
    }
}
