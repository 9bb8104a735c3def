using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>A <see cref="LatestStage"/> in one lane: of each key it keeps one row.</summary>
internal sealed class LatestOperator : StageOperator
{
    private readonly LatestStage _stage;
    private readonly StageContext _context;
    private readonly KeyTable _keys;
    private readonly KeyedRows _rows;
    private readonly List<RecordBatch> _pending = [];

    // By the number of a key: which row of the batch at hand is the latest, or none.
    private int[] _latest = [];

    public LatestOperator(LatestStage stage, StageContext context)
    {
        (_stage, _context) = (stage, context);
        _keys = new KeyTable([.. stage.Keys.Select(k => stage.Schema[k].Type)], [.. stage.Keys.Select(_ => true)]);
        _rows = new KeyedRows(stage.Schema, _keys, new KeyedRowsOptions());
    }

    public override StateSize Size => new(_rows.Count, _rows.ByteSize + _keys.ByteSize);

    public override void Push(int input, RecordBatch rows) => _pending.Add(rows.Share());

    public override ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
    {
        if (_pending.Count > 0)
        {
            using RecordBatch rows = Concat.Batches(_pending);
            Forget();
            int step = _context.Settings.EmitsEveryRecord ? 1 : rows.Length;
            for (int row = 0; row < rows.Length; row += step)
            {
                using RecordBatch some = rows.Slice(row, step);
                Apply(some, time.Now);
            }
        }

        _keys.Tidy();
        return ValueTask.CompletedTask;
    }

    public override void Export(IStateWriter writer, bool full) => _rows.Export(writer, LatestStage.Rows, full);

    public override void Import(string table, StateChange change, RecordBatch rows) => _rows.Import(rows, FindKeys(rows), 0);

    public override void Dispose()
    {
        Forget();
        _rows.Dispose();
        _keys.Dispose();
    }

    private void Apply(RecordBatch rows, long now)
    {
        int[] keys = FindKeys(rows);
        List<int> chosen = Choose(rows, keys);
        using RecordBatch latest = chosen.Count == rows.Length ? rows.Share() : Take.Rows(rows, CollectionsMarshal.AsSpan(chosen));
        int[] latestKeys = [.. chosen.Select(row => keys[row])];

        // The rows that are known of the same keys, and which of the new ones take their place.
        var known = new List<int>();
        var pairs = new List<int>();
        for (int i = 0; i < latestKeys.Length; i++)
        {
            int row = _rows.First(latestKeys[i]);
            if (row != KeyedRows.None)
            {
                known.Add(row);
                pairs.Add(i);
            }
        }

        using RecordBatch before = _rows.Take(CollectionsMarshal.AsSpan(known));
        bool[] stays = Stays(before, latest, pairs);
        var gone = new List<int>();
        var goneRows = new List<int>();
        var isPassedOver = new bool[latestKeys.Length];
        for (int i = 0; i < known.Count; i++)
        {
            if (stays[i])
            {
                isPassedOver[pairs[i]] = true;
            }
            else
            {
                gone.Add(i);
                goneRows.Add(known[i]);
            }
        }

        int[] come = [.. Enumerable.Range(0, latestKeys.Length).Where(i => !isPassedOver[i])];
        using RecordBatch added = come.Length == latest.Length ? latest.Share() : Take.Rows(latest, come);
        using (RecordBatch taken = gone.Count == before.Length ? before.Share() : Take.Rows(before, CollectionsMarshal.AsSpan(gone)))
        {
            _context.Emit(Weights.Join(taken, -1));
        }

        _context.Emit(Weights.Join(added, 1));
        _rows.Remove(CollectionsMarshal.AsSpan(goneRows));
        _rows.Add(added, [.. come.Select(i => latestKeys[i])], default, now);
    }

    // The latest row of each key, in the order in which keys come.
    private List<int> Choose(RecordBatch rows, int[] keys)
    {
        Versions? versions = _stage.Version is { } column ? new Versions(rows[column]) : null;
        if (_latest.Length < _keys.Count)
        {
            int known = _latest.Length;
            Array.Resize(ref _latest, Math.Max(_keys.Count, known * 2));
            _latest.AsSpan(known).Fill(KeyedRows.None);
        }

        var first = new List<int>();
        for (int row = 0; row < keys.Length; row++)
        {
            ref int latest = ref _latest[keys[row]];
            if (latest == KeyedRows.None)
            {
                first.Add(keys[row]);
                latest = row;
            }
            else if (versions is null || versions.Value.Of(row) >= versions.Value.Of(latest))
            {
                latest = row;
            }
        }

        for (int i = 0; i < first.Count; i++)
        {
            int key = first[i];
            first[i] = _latest[key];
            _latest[key] = KeyedRows.None;
        }

        return first;
    }

    // Whether a known row stays: because it has a later version, or because the new one is equal.
    private bool[] Stays(RecordBatch before, RecordBatch latest, List<int> pairs)
    {
        var stays = new bool[pairs.Count];
        RowEquality.Test([.. before.Columns], [.. Enumerable.Range(0, pairs.Count)], [.. latest.Columns], CollectionsMarshal.AsSpan(pairs), stays);
        if (_stage.Version is { } column)
        {
            (var known, var come) = (new Versions(before[column]), new Versions(latest[column]));
            for (int i = 0; i < stays.Length; i++)
            {
                stays[i] |= known.Of(i) > come.Of(pairs[i]);
            }
        }

        return stays;
    }

    private int[] FindKeys(RecordBatch rows)
    {
        var numbers = new int[rows.Length];
        _keys.Find([.. _stage.Keys.Select(k => rows[k])], rows.Length, numbers);
        return numbers;
    }

    private void Forget()
    {
        _pending.ForEach(b => b.Dispose());
        _pending.Clear();
    }

    /// <summary>The versions of rows as numbers; null is before all others.</summary>
    private readonly struct Versions(Column column)
    {
        public long Of(int row) => column.IsNull(row) ? long.MinValue : column switch
        {
            FixedColumn<long> wide => wide.Values[row],
            FixedColumn<int> narrow => narrow.Values[row],
            FixedColumn<short> small => small.Values[row],
            _ => ((FixedColumn<sbyte>)column).Values[row],
        };
    }
}
