using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>A <see cref="PartitionStage"/> in one lane.</summary>
internal sealed class PartitionOperator : StageOperator
{
    private readonly PartitionStage _stage;
    private readonly StageContext _context;
    private readonly bool _isChanges;
    private readonly KeyTable _keys;
    private readonly KeyedRows _rows;
    private readonly FaultMemory _faults = new();
    private readonly StateMark _begun = new();
    private readonly List<RecordBatch> _pending = [];
    private readonly long? _timeToLive;
    private bool _isRestored;

    public PartitionOperator(PartitionStage stage, StageContext context)
    {
        (_stage, _context) = (stage, context);
        StagePlan input = stage.Inputs[0].Stage;
        _isChanges = input.IsChanges;
        _timeToLive = stage.Keys.Count > 0 && context.Settings.StateTimeToLive is { } time ? (long)time.TotalMicroseconds : null;
        _keys = new KeyTable([.. stage.Keys.Select(k => input.Schema[k].Type)], [.. stage.Keys.Select(_ => true)]);
        _rows = new KeyedRows(input.Schema, _keys, new KeyedRowsOptions { Retracts = _isChanges, InOrder = true, TracksUse = _timeToLive is not null });
    }

    public override StateSize Size => new(_rows.Count, _rows.ByteSize + _keys.ByteSize);

    public override long? WakesAt => _timeToLive is { } time && _rows.Count > 0 ? _rows.Uses!.Least() + time : null;

    public override void Push(int input, RecordBatch rows) => _pending.Add(rows.Share());

    public override async ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
    {
        if (_isRestored)
        {
            // How long state was used before a restart is not known: it counts as used now.
            Use(Enumerable.Range(0, _keys.Count), time.Now);
            _isRestored = false;
        }

        if (_stage.IsNeverEmpty && _context.Lane == 0 && !_begun.IsSet)
        {
            await ComputeAsync([], [0], null, time.Now, cancellation).ConfigureAwait(false);
            _begun.Set();
        }

        if (_pending.Count > 0)
        {
            using RecordBatch rows = TakePending();
            int step = _context.Settings.EmitsEveryRecord ? 1 : rows.Length;
            for (int row = 0; row < rows.Length; row += step)
            {
                using RecordBatch some = rows.Slice(row, step);
                await ApplyAsync(some, time.Now, cancellation).ConfigureAwait(false);
            }
        }

        Expire(time.Now);
        _keys.Tidy();
    }

    public override void Export(IStateWriter writer, bool full)
    {
        _begun.Export(writer, full);
        _rows.Export(writer, PartitionStage.Rows, full);
    }

    public override void Import(string table, StateChange change, RecordBatch rows)
    {
        if (table == StateMark.Table.Name)
        {
            _begun.Import();
            return;
        }

        _rows.Import(rows, FindKeys(rows), 0);
        _isRestored = true;
    }

    public override void Dispose()
    {
        _pending.ForEach(b => b.Dispose());
        _pending.Clear();
        _rows.Dispose();
        _keys.Dispose();
    }

    private async ValueTask ApplyAsync(RecordBatch changes, long now, CancellationToken cancellation)
    {
        int[] keys = FindKeys(changes);
        int[] dirty = [.. keys.Distinct()];
        List<RecordBatch> before = [];
        try
        {
            if (_begun.IsSet || !_stage.IsNeverEmpty)
            {
                before = await RunAsync(dirty, silent: true, null, cancellation).ConfigureAwait(false);
            }

            using (RecordBatch rows = _isChanges ? Weights.Strip(changes) : changes.Share())
            {
                _rows.Add(rows, keys, Weights.Of(changes, _isChanges), now);
            }

            Use(dirty, now);
            await ComputeAsync(before, dirty, _stage.IsPruned ? [] : null, now, cancellation).ConfigureAwait(false);
        }
        finally
        {
            before.ForEach(b => b.Dispose());
        }
    }

    // Computes keys anew and gives what differs.
    private async ValueTask ComputeAsync(List<RecordBatch> before, int[] keys, Dictionary<int, int>? kept, long now, CancellationToken cancellation)
    {
        List<RecordBatch> next = await RunAsync(keys, silent: false, kept, cancellation).ConfigureAwait(false);
        try
        {
            using var difference = new RowBag(_stage.Schema);
            before.ForEach(rows => difference.Add(rows, default, -1));
            next.ForEach(rows => difference.Add(rows, default));
            Emit(difference);
        }
        finally
        {
            next.ForEach(b => b.Dispose());
        }

        if (kept is not null)
        {
            Prune(NumbersOf(keys), kept);
        }
    }

    private void Emit(RowBag difference)
    {
        foreach ((RecordBatch rows, long[] weights) in difference.Read())
        {
            using (rows)
            {
                _context.Emit(Weights.Join(rows, weights));
            }
        }
    }

    // The result of some keys, in the columns of the stage.
    private async ValueTask<List<RecordBatch>> RunAsync(int[] keys, bool silent, Dictionary<int, int>? kept, CancellationToken cancellation)
    {
        QueryContext context = _faults.Begin(_context.Query, silent);
        List<int> numbers = NumbersOf(keys);
        if (numbers.Count == 0 && !_stage.IsNeverEmpty)
        {
            return [];
        }

        RecordBatch rows = _rows.Take(CollectionsMarshal.AsSpan(numbers));
        if (_stage.IsPruned)
        {
            rows = WithNumbers(rows, numbers);
        }

        List<RecordBatch> made = await _stage.Plan.RunAsync([rows.Length == 0 ? Nothing(rows) : [rows]], context, cancellation).ConfigureAwait(false);
        for (int i = 0; i < made.Count; i++)
        {
            using RecordBatch batch = made[i];
            if (kept is not null)
            {
                foreach (long number in ((FixedColumn<long>)batch[batch.Schema.Count - 1]).Values)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(kept, (int)number, out _)++;
                }
            }

            made[i] = new RecordBatch(_stage.Schema, batch.Length, [.. batch.Columns.Take(_stage.Schema.Count).Select(c => c.Share())]);
        }

        return made;
    }

    private static RecordBatch[] Nothing(RecordBatch rows)
    {
        rows.Dispose();
        return [];
    }

    // The rows of keys, each as often as it counts.
    private List<int> NumbersOf(int[] keys)
    {
        var numbers = new List<int>();
        foreach (int key in keys)
        {
            for (int row = _rows.First(key); row != KeyedRows.None; row = _rows.Next(row))
            {
                for (long i = _rows.Weights[row]; i > 0; i--)
                {
                    numbers.Add(row);
                }
            }
        }

        return numbers;
    }

    private static RecordBatch WithNumbers(RecordBatch rows, List<int> numbers)
    {
        using (rows)
        {
            using var column = new FixedBuilder<long>(DataType.Int64, numbers.Count);
            numbers.ForEach(n => column.Append(n));
            return new RecordBatch(Weights.Append(rows.Schema), rows.Length, [.. rows.Columns.Select(c => c.Share()), column.Build()]);
        }
    }

    // Equal rows may be one that counts more often.
    private void Prune(List<int> numbers, Dictionary<int, int> kept)
    {
        foreach (int row in numbers)
        {
            _rows.Lower(row, kept.GetValueOrDefault(row));
        }
    }

    private void Use(IEnumerable<int> keys, long now)
    {
        if (_rows.Uses is not { } uses)
        {
            return;
        }

        foreach (int key in keys)
        {
            for (int row = _rows.First(key); row != KeyedRows.None; row = _rows.Next(row))
            {
                uses.Set(row, now);
            }
        }
    }

    private void Expire(long now)
    {
        if (_timeToLive is { } time)
        {
            var over = new List<int>();
            _rows.Uses!.FindBefore(now - time + 1, _rows.Weights, over);
            _rows.Remove(CollectionsMarshal.AsSpan(over));
            _context.Counters.AddExpired(over.Count);
        }
    }

    private int[] FindKeys(RecordBatch rows)
    {
        Column[] columns = [.. _stage.Keys.Select(k => rows[k])];
        var numbers = new int[rows.Length];
        _keys.Find(columns, rows.Length, numbers);
        return numbers;
    }

    private RecordBatch TakePending()
    {
        RecordBatch rows = Concat.Batches(_pending);
        _pending.ForEach(b => b.Dispose());
        _pending.Clear();
        return rows;
    }
}
