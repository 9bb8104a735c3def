using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>A nearest match at work in a lane.</summary>
internal sealed class NearestOperator : StageOperator
{
    private readonly NearestStage _stage;
    private readonly StageContext _context;
    private readonly KeyTable _keys;
    private readonly KeyedRows[] _rows;
    private readonly JoinOutput _output;
    private readonly VersionList _versions;
    private long _watermark = StreamTime.None;

    public NearestOperator(NearestStage stage, StageContext context)
    {
        (_stage, _context) = (stage, context);
        _keys = new KeyTable([.. stage.Sides[0].Keys.Select(k => stage.Sides[0].Stage.Schema[k].Type)], stage.NullsMatch);
        _rows = [.. stage.Sides.Select(s => new KeyedRows(s.Stage.Schema, _keys, new KeyedRowsOptions { Retracts = s.Stage.IsChanges, TimeColumn = s.TimeColumn }))];
        _output = new JoinOutput(stage, stage.Kind, stage.Sides, context.Emit);
        _versions = new VersionList(_rows[1], stage.TakesEqual);
    }

    public override StateSize Size => new(_rows.Sum(r => (long)r.Count), _rows.Sum(r => r.ByteSize) + _keys.ByteSize);

    public override void Push(int input, RecordBatch rows)
    {
        JoinSide side = _stage.Sides[input];
        using RecordBatch useful = LateRowsOfJoin.Without(rows, side, _watermark, _context, drops: input == 0);
        if (useful.Length == 0)
        {
            return;
        }

        using RecordBatch batch = side.Stage.IsChanges ? Weights.Strip(useful) : useful.Share();
        ReadOnlySpan<long> weights = Weights.Of(useful, side.Stage.IsChanges);
        var keys = new int[batch.Length];
        side.FindKeys(_keys, batch, keys);
        _rows[input].Add(batch, keys, weights, StreamTime.None);
        if (input == 1)
        {
            _versions.Changed(keys);
        }
        else if (_stage.Kind == LogicalJoinKind.AsOfLeft)
        {
            GiveKeyless(batch, keys, weights);
        }
    }

    public override ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
    {
        if (time.Watermark != StreamTime.None)
        {
            Answer(JoinSide.Before(time.Watermark, _stage.Sides[0].Lag!.Value));
            if (_stage.Sides[1].Lag is { } lag)
            {
                _versions.DropBefore(JoinSide.Before(time.Watermark, lag), time.IsEnd);
            }
        }

        if (_keys.Tidy())
        {
            _versions.Restart();
        }

        _watermark = time.Watermark;
        return ValueTask.CompletedTask;
    }

    public override void Export(IStateWriter writer, bool full)
    {
        for (int side = 0; side < _rows.Length; side++)
        {
            _rows[side].Export(writer, JoinStage.TableOf(side), full);
        }
    }

    public override void Import(string table, StateChange change, RecordBatch rows)
    {
        int side = table == JoinStage.TableOf(0) ? 0 : 1;
        var keys = new int[rows.Length];
        _stage.Sides[side].FindKeys(_keys, rows, keys);
        _rows[side].Import(rows, keys, StreamTime.None);
        if (side == 1)
        {
            _versions.Changed(keys);
        }
    }

    public override void Dispose()
    {
        Array.ForEach(_rows, r => r.Dispose());
        _keys.Dispose();
        _output.Dispose();
    }

    // The left rows before a time, whose versions are all there.
    private void Answer(long limit)
    {
        KeyedRows left = _rows[0];
        var ready = new List<int>();
        left.Times!.FindBefore(limit, left.Weights, ready);
        foreach (int[] part in ready.Chunk(RecordBatch.DefaultRows))
        {
            _context.Query.Cancellation.ThrowIfCancellationRequested();
            var versions = new int[part.Length];
            for (int i = 0; i < part.Length; i++)
            {
                versions[i] = _versions.At(left.KeyOf(part[i]), left.Times[part[i]]);
            }

            Give(part, versions);
        }

        left.Remove(CollectionsMarshal.AsSpan(ready));
        _versions.Forget();
    }

    private void Give(int[] rows, int[] versions)
    {
        int[] with = [.. Enumerable.Range(0, rows.Length).Where(i => versions[i] != KeyedRows.None)];
        if (with.Length > 0)
        {
            int[] chosen = Array.ConvertAll(with, i => rows[i]);
            using RecordBatch left = _rows[0].Take(chosen, _stage.Sides[0].Output);
            using RecordBatch right = _rows[1].Take(Array.ConvertAll(with, i => versions[i]), _stage.Sides[1].Output);
            _output.Pairs(left, right, WeightsOf(chosen));
        }

        if (with.Length < rows.Length && _stage.Kind == LogicalJoinKind.AsOfLeft)
        {
            int[] chosen = [.. Enumerable.Range(0, rows.Length).Where(i => versions[i] == KeyedRows.None).Select(i => rows[i])];
            using RecordBatch left = _rows[0].Take(chosen, _stage.Sides[0].Output);
            _output.Alone(0, left, new bool[chosen.Length], WeightsOf(chosen));
        }
    }

    private long[] WeightsOf(int[] rows)
    {
        var weights = new long[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            weights[i] = _rows[0].Weights[rows[i]];
        }

        return weights;
    }

    // They have no version, whatever comes.
    private void GiveKeyless(RecordBatch batch, ReadOnlySpan<int> keys, ReadOnlySpan<long> weights)
    {
        var rows = new List<int>();
        var counts = new List<long>();
        for (int row = 0; row < keys.Length; row++)
        {
            if (keys[row] == KeyTable.None)
            {
                rows.Add(row);
                counts.Add(weights.IsEmpty ? 1 : weights[row]);
            }
        }

        if (rows.Count > 0)
        {
            using RecordBatch own = batch.Select(_stage.Sides[0].Output);
            using RecordBatch chosen = Take.Rows(own, CollectionsMarshal.AsSpan(rows));
            _output.Alone(0, chosen, new bool[rows.Count], CollectionsMarshal.AsSpan(counts));
        }
    }
}
