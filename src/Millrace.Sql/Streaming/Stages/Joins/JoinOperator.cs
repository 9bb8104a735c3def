using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// A join at work in a lane. Each batch is brought together with what is kept of the other side and is then kept itself, so
/// that every pair is met once, by whichever of its rows comes last. Rows by themselves are given when the round ends.
/// </summary>
internal sealed class JoinOperator : StageOperator
{
    private readonly JoinStage _stage;
    private readonly StageContext _context;
    private readonly KeyTable _keys;
    private readonly JoinMemory[] _sides;
    private readonly JoinOutput _output;
    private readonly PairCondition? _condition;

    // Pairs at hand: rows of the batch, and numbers of rows of the other side.
    private readonly int[] _rows = new int[RecordBatch.DefaultRows];
    private readonly int[] _found = new int[RecordBatch.DefaultRows];
    private readonly bool[] _keep = new bool[RecordBatch.DefaultRows];
    private readonly long[] _weights = new long[RecordBatch.DefaultRows];

    // Inputs that have no more rows, and those that had none in this round either.
    private readonly bool[] _ended = new bool[2];
    private readonly bool[] _isOver = new bool[2];
    private bool[] _counts = [];
    private long _watermark = StreamTime.None;

    public JoinOperator(JoinStage stage, StageContext context)
    {
        (_stage, _context) = (stage, context);
        _keys = new KeyTable([.. stage.Sides[0].Keys.Select(k => stage.Sides[0].Stage.Schema[k].Type)], stage.NullsMatch);
        _sides = [new JoinMemory(stage, 0, _keys, context), new JoinMemory(stage, 1, _keys, context)];
        _output = new JoinOutput(stage, stage.Kind, stage.Sides, context.Emit);
        _condition = stage.Condition is { } condition ? new PairCondition(condition, stage.Sides[0].Stage.Schema, stage.Sides[1].Stage.Schema, context.Query) : null;
    }

    public override long? WakesAt => Earlier(_sides[0].WakesAt, _sides[1].WakesAt);

    public override StateSize Size => new(_sides.Sum(s => (long)s.Rows.Count), _sides.Sum(s => s.Rows.ByteSize) + _keys.ByteSize);

    public override void Push(int input, RecordBatch rows)
    {
        using RecordBatch useful = LateRowsOfJoin.Without(rows, _stage.Sides[input], _watermark, _context, drops: true);
        if (useful.Length == 0)
        {
            return;
        }

        bool isChanges = _stage.Inputs[input].Stage.IsChanges;
        using RecordBatch batch = isChanges ? Weights.Strip(useful) : useful.Share();
        ReadOnlySpan<long> weights = Weights.Of(useful, isChanges);
        ReadOnlySpan<int> keys = _sides[input].KeysOf(batch);
        if (_isOver[1 - input] && !_sides[input].CountsMatches && _stage.Distance == JoinDistance.Any)
        {
            // Nobody will ask for these rows again.
            Join(new Pushed(input, batch, keys, keys, weights));
            return;
        }

        ReadOnlySpan<int> numbers = _sides[input].Rows.Add(batch, keys, weights, StreamTime.End);
        _sides[input].Use(numbers);
        if (_sides[input].CountsMatches)
        {
            BeginCounting(input, batch, numbers, weights);
        }

        Join(new Pushed(input, batch, numbers, keys, weights));
    }

    public override void EndInput(int input) => _ended[input] = true;

    public override ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
    {
        foreach (JoinMemory side in _sides)
        {
            side.GiveChanged(_output);
        }

        for (int side = 0; side < _sides.Length; side++)
        {
            _sides[side].DropUseless(time.Watermark, _output);
            _sides[side].Expire(time.Now);
            if (_ended[1 - side])
            {
                _sides[side].DropAll();
            }
        }

        if (!time.IsEnd)
        {
            _keys.Tidy();
        }

        _ended.CopyTo(_isOver, 0);
        _watermark = time.Watermark;
        return ValueTask.CompletedTask;
    }

    public override void Export(IStateWriter writer, bool full)
    {
        for (int side = 0; side < _sides.Length; side++)
        {
            _sides[side].Rows.Export(writer, JoinStage.TableOf(side), full);
        }
    }

    public override void Import(string table, StateChange change, RecordBatch rows) => _sides[table == JoinStage.TableOf(0) ? 0 : 1].Import(rows);

    public override void Dispose()
    {
        Array.ForEach(_sides, s => s.Dispose());
        _keys.Dispose();
        _output.Dispose();
        _condition?.Dispose();
    }

    private static long? Earlier(long? a, long? b) => a is { } x && b is { } y ? Math.Min(x, y) : a ?? b;

    // Rows that begin to count have their matches counted by the first row of the batch that is equal to them.
    private void BeginCounting(int input, RecordBatch batch, ReadOnlySpan<int> numbers, ReadOnlySpan<long> weights)
    {
        if (_counts.Length < numbers.Length)
        {
            _counts = new bool[numbers.Length];
        }

        JoinMemory side = _sides[input];
        var keyless = new List<int>();
        for (int i = 0; i < numbers.Length; i++)
        {
            int row = numbers[i];
            if (row == KeyedRows.None)
            {
                keyless.Add(i);
                continue;
            }

            _counts[i] = side.Rows.Tags[row] == KeyedRows.Fresh;
            if (_counts[i])
            {
                side.Rows.SetTag(row, 0);
            }

            side.Changed(row);
        }

        if (keyless.Count > 0 && _stage.Sides[input].Alone.HasFlag(GivenAlone.WithoutMatch))
        {
            GiveKeyless(input, batch, keyless, weights);
        }
    }

    // They match nothing, whatever comes, and are not kept.
    private void GiveKeyless(int input, RecordBatch batch, List<int> rows, ReadOnlySpan<long> weights)
    {
        using RecordBatch own = batch.Select(_stage.Sides[input].Output);
        using RecordBatch chosen = Columnar.Take.Rows(own, CollectionsMarshal.AsSpan(rows));
        var counts = new long[rows.Count];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = weights.IsEmpty ? 1 : weights[rows[i]];
        }

        _output.Alone(input, chosen, new bool[rows.Count], counts);
    }

    private void Join(Pushed pushed)
    {
        KeyedRows own = _sides[pushed.Input].Rows;
        KeyedRows other = _sides[1 - pushed.Input].Rows;
        bool hasTimes = _stage.Distance != JoinDistance.Any;
        int count = 0;
        for (int row = 0; row < pushed.Numbers.Length; row++)
        {
            if (pushed.Keys[row] == KeyTable.None)
            {
                continue;
            }

            (long first, long last) = hasTimes ? Reach(pushed.Input, own.Times![pushed.Numbers[row]]) : default;
            for (int found = other.First(pushed.Keys[row]); found != KeyedRows.None; found = other.Next(found))
            {
                if (hasTimes && (other.Times![found] < first || other.Times[found] > last))
                {
                    continue;
                }

                _rows[count] = row;
                _found[count++] = found;
                if (count == _rows.Length)
                {
                    Meet(pushed, count);
                    count = 0;
                }
            }
        }

        if (count > 0)
        {
            Meet(pushed, count);
        }
    }

    // The times that rows of the other side may have.
    private (long First, long Last) Reach(int input, long time)
    {
        (long least, long most) = (_stage.Distance.Least, _stage.Distance.Most);
        return input == 0
            ? (least == long.MinValue ? least : StreamTime.Later(time, least), most == long.MaxValue ? most : StreamTime.Later(time, most))
            : (most == long.MaxValue ? long.MinValue : StreamTime.Earlier(time, most), least == long.MinValue ? long.MaxValue : StreamTime.Earlier(time, least));
    }

    // Tests the pairs at hand, counts them and gives them.
    private void Meet(Pushed pushed, int count)
    {
        _context.Query.Cancellation.ThrowIfCancellationRequested();
        JoinMemory other = _sides[1 - pushed.Input];
        count = _condition is null ? count : Matching(pushed, count);
        if (count == 0)
        {
            return;
        }

        ReadOnlySpan<int> found = _found.AsSpan(0, count);
        JoinMemory own = _sides[pushed.Input];
        for (int i = 0; i < count; i++)
        {
            int row = _rows[i];
            long weight = pushed.Weights.IsEmpty ? 1 : pushed.Weights[row];
            long matches = other.Rows.Weights[found[i]];
            _weights[i] = Weights.Product(weight, matches);
            if (own.CountsMatches && _counts[row])
            {
                own.Match(pushed.Numbers[row], matches);
            }

            if (other.CountsMatches)
            {
                other.Match(found[i], weight);
            }
        }

        other.Use(found);
        if (_stage.GivesPairs)
        {
            Give(pushed, count);
        }
    }

    private int Matching(Pushed pushed, int count)
    {
        (IReadOnlyList<int> left, IReadOnlyList<int> right) = (_stage.Condition!.LeftColumns, _stage.Condition.RightColumns);
        using RecordBatch own = pushed.Take(pushed.Input == 0 ? left : right, _rows.AsSpan(0, count));
        using RecordBatch others = _sides[1 - pushed.Input].Rows.Take(_found.AsSpan(0, count), pushed.Input == 0 ? right : left);
        Span<bool> keep = _keep.AsSpan(0, count);
        _condition!.Test(pushed.Input == 0 ? own : others, pushed.Input == 0 ? others : own, keep);
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            _rows[kept] = _rows[i];
            _found[kept] = _found[i];
            kept += keep[i] ? 1 : 0;
        }

        return kept;
    }

    private void Give(Pushed pushed, int count)
    {
        using RecordBatch own = pushed.Take(_stage.Sides[pushed.Input].Output, _rows.AsSpan(0, count));
        using RecordBatch others = _sides[1 - pushed.Input].Rows.Take(_found.AsSpan(0, count), _stage.Sides[1 - pushed.Input].Output);
        _output.Pairs(pushed.Input == 0 ? own : others, pushed.Input == 0 ? others : own, _weights.AsSpan(0, count));
    }

    // A batch that is being brought together with the other side. Keys and numbers of its rows.
    private readonly ref struct Pushed(int input, RecordBatch rows, ReadOnlySpan<int> numbers, ReadOnlySpan<int> keys, ReadOnlySpan<long> weights)
    {
        public int Input { get; } = input;

        /// <summary>The number that each row is kept by, if it is.</summary>
        public ReadOnlySpan<int> Numbers { get; } = numbers;

        public ReadOnlySpan<int> Keys { get; } = keys;

        /// <summary>How often each row counts; empty for once.</summary>
        public ReadOnlySpan<long> Weights { get; } = weights;

        public RecordBatch Take(IReadOnlyList<int> columns, ReadOnlySpan<int> chosen)
        {
            using RecordBatch wanted = rows.Select([.. columns]);
            return Columnar.Take.Rows(wanted, chosen);
        }
    }
}
