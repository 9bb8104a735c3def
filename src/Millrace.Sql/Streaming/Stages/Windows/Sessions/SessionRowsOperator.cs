using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Keeps the rows of the open sessions of a lane.</summary>
internal sealed class SessionRowsOperator : StageOperator
{
    // Below this there is nothing to be won by tidying up.
    private const int FewRows = 4096;

    private readonly SessionRowsStage _stage;
    private readonly StageContext _context;
    private readonly SessionKeys _keys;
    private readonly SessionList _sessions = new();
    private readonly RowChunks _rows;
    private readonly ClosedUpTo _closed;

    // Rows of each session, by numbers of both.
    private readonly Dictionary<int, List<int>> _members = [];
    private readonly List<RecordBatch> _since = [];
    private RowBag? _restored;
    private int _live;

    public SessionRowsOperator(SessionRowsStage stage, StageContext context)
    {
        (_stage, _context) = (stage, context);
        Schema input = stage.Inputs[0].Stage.Schema;
        _keys = new SessionKeys(new Schema(stage.Keys.Select((k, i) => new Field($"key{i}", PlainType(input[k].Type)))));
        _rows = new RowChunks(input);
        _closed = new ClosedUpTo(context.Lane);
    }

    public override StateSize Size => new(_live, _rows.ByteSize + _keys.ByteSize + _sessions.ByteSize + (_live * sizeof(int)));

    public override void Push(int input, RecordBatch rows)
    {
        Begin();
        List<int> late = Add(rows, _closed.Watermark, out RecordBatch kept);
        using (kept)
        {
            if (kept.Length > 0)
            {
                _since.Add(Weights.Join(kept, 1));
            }
        }

        if (late.Count > 0)
        {
            _context.Counters.AddLate(late.Count);
            if (_context.Settings is { Late: LateRows.SideOutput, OnLateRows: { } handler })
            {
                using RecordBatch taken = Take.Rows(rows, CollectionsMarshal.AsSpan(late));
                handler(taken);
            }
        }
    }

    public override ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
    {
        Begin();
        var rows = new List<int>();
        var starts = new List<long>();
        var ends = new List<long>();
        while (_sessions.TryPeek(out int number) && _stage.Times.EndsAt(_sessions[number].End) <= time.Watermark)
        {
            _members.Remove(number, out List<int>? members);
            rows.AddRange(members!);
            starts.AddRange(Enumerable.Repeat(_sessions[number].Start, members!.Count));
            ends.AddRange(Enumerable.Repeat(_sessions[number].End, members.Count));
            _sessions.Remove(number);
        }

        if (rows.Count > 0)
        {
            Give(CollectionsMarshal.AsSpan(rows), CollectionsMarshal.AsSpan(starts), CollectionsMarshal.AsSpan(ends));
            Tidy();
        }

        _closed.Move(time.Watermark);
        return ValueTask.CompletedTask;
    }

    public override void Export(IStateWriter writer, bool full)
    {
        Begin();
        _closed.Export(writer, full);
        if (full)
        {
            int[] all = [.. _members.Values.SelectMany(m => m)];
            if (all.Length > 0)
            {
                using RecordBatch rows = _rows.TakeRows(all);
                using RecordBatch changes = Weights.Join(rows, 1);
                writer.Write(SessionRowsStage.StateName, StateChange.Add, changes);
            }
        }
        else
        {
            _since.ForEach(changes => writer.Write(SessionRowsStage.StateName, StateChange.Add, changes));
        }

        Forget();
    }

    public override void Import(string table, StateChange change, RecordBatch rows)
    {
        if (table == ClosedUpTo.Table.Name)
        {
            _closed.Import(rows);
            return;
        }

        _restored ??= new RowBag(_stage.Inputs[0].Stage.Schema);
        _restored.AddChanges(rows);
    }

    public override void Dispose()
    {
        _keys.Dispose();
        _rows.Dispose();
        _restored?.Dispose();
        Forget();
    }

    private static DataType PlainType(DataType type) => type.Id == TypeId.Dictionary ? type.DictionaryValue : type;

    // The rows that were kept make the sessions that there were.
    private void Begin()
    {
        if (_restored is not { } restored)
        {
            return;
        }

        _restored = null;
        using (restored)
        {
            foreach (RecordBatch rows in restored.ReadAll())
            {
                using (rows)
                {
                    Add(rows, StreamTime.None, out RecordBatch kept);
                    kept.Dispose();
                }
            }
        }
    }

    // Adds rows to their sessions; the numbers of those that are late. The caller owns the rows that were kept.
    private List<int> Add(RecordBatch rows, long closed, out RecordBatch kept)
    {
        Column[] keys = [.. _stage.Keys.Select(k => rows[k])];
        var keyNumbers = new int[rows.Length];
        _keys.Find(keys, rows.Length, keyNumbers);
        _sessions.Resize(_keys.Count);
        var times = (FixedColumn<long>)rows[_stage.Time];
        var late = new List<int>();
        var taken = new List<int>();
        for (int row = 0; row < rows.Length; row++)
        {
            if (times.IsNull(row))
            {
                continue;
            }

            int session = Find(keyNumbers[row], times.Values[row], closed);
            if (session < 0)
            {
                late.Add(row);
                continue;
            }

            if (!_members.TryGetValue(session, out List<int>? members))
            {
                _members.Add(session, members = []);
            }

            members.Add(_rows.Count + taken.Count);
            taken.Add(row);
        }

        kept = taken.Count == rows.Length ? rows.Share() : Take.Rows(rows, CollectionsMarshal.AsSpan(taken));
        _rows.Add(kept.Share());
        _live += taken.Count;
        return late;
    }

    private int Find(int key, long time, long closed)
    {
        long end = _stage.Times.EndOf(time);
        int session = _sessions.Extend(key, time, end, out int later);
        foreach ((int from, int to) in _sessions.Merges)
        {
            _members.Remove(from, out List<int>? joined);
            _members[to].AddRange(joined!);
        }

        _sessions.ClearMerges();
        return session >= 0 ? session : _stage.Times.EndsAt(end) <= closed ? -1 : _sessions.Add(key, time, end, later);
    }

    private void Give(ReadOnlySpan<int> rows, ReadOnlySpan<long> starts, ReadOnlySpan<long> ends)
    {
        using RecordBatch all = _rows.TakeRows(rows);
        _since.Add(Weights.Join(all, -1));
        int width = _stage.Schema.Count - 2;
        _context.Emit(new RecordBatch(
            _stage.Schema,
            rows.Length,
            [.. all.Columns.Take(width).Select(c => c.Share()), _stage.Times.Column(starts), _stage.Times.Column(ends)]));
        _live -= rows.Length;
    }

    private void Tidy()
    {
        if (_rows.Count > FewRows && _rows.Count / 2 > _live)
        {
            var kept = new bool[_rows.Count];
            foreach (int row in _members.Values.SelectMany(m => m))
            {
                kept[row] = true;
            }

            var numbers = new int[kept.Length];
            int next = 0;
            for (int row = 0; row < kept.Length; row++)
            {
                numbers[row] = kept[row] ? next++ : -1;
            }

            _rows.Keep(kept);
            foreach (List<int> members in _members.Values)
            {
                for (int i = 0; i < members.Count; i++)
                {
                    members[i] = numbers[members[i]];
                }
            }
        }

        _sessions.TryForgetKeys(_keys, [], out _);
    }

    private void Forget()
    {
        _since.ForEach(b => b.Dispose());
        _since.Clear();
    }
}
