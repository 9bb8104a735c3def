using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Keeps the rows that can be among the first. From time to time what is kept is sorted and cut; from then on rows behind
/// the last one kept are left out as they come.
/// </summary>
internal sealed unsafe class TopLane(SortBreaker breaker, int lane, int limit) : LaneOperator
{
    private readonly HeldRows _held = new(breaker.Context.Memory);
    private ulong _lastWord = ulong.MaxValue;
    private bool _lastIsExact;
    private bool _full;

    public override void Push(Chunk chunk)
    {
        if (limit == 0)
        {
            return;
        }

        using RecordBatch rows = breaker.Mark(chunk);
        RecordBatch? candidates = _full ? Candidates(rows) : rows.Share();
        if (candidates is null)
        {
            return;
        }

        if (!_held.TryAdd(candidates))
        {
            // Cutting what is kept makes room; what then remains is needed.
            Cut();
            _held.Add(candidates);
        }

        if (_held.Rows >= Math.Max(2L * limit, limit + 4L * RecordBatch.DefaultRows))
        {
            Cut();
        }
    }

    public override void Finish()
    {
        if (_held.Rows > 0)
        {
            Cut();
            RecordBatch rows = _held.Take(out long reserved)[0];
            breaker.Add(new MemoryRun(rows, SortedRun.NumberOf(lane, 0), breaker.Context.Memory, reserved));
        }
    }

    public override void Dispose() => _held.Dispose();

    private RecordBatch? Candidates(RecordBatch rows)
    {
        using NativeBuffer buffer = BufferPool.Rent(rows.Length * (sizeof(ulong) + sizeof(int)));
        var words = new Span<ulong>(buffer.Pointer, rows.Length);
        var chosen = new Span<int>(buffer.Pointer + (rows.Length * sizeof(ulong)), rows.Length);
        OrderColumn key = breaker.Order[0];
        bool exact = Sort.Words(new SortKey(rows[key.Column], key.Descending, key.NullsFirst), words);

        // A lane's parts ascend: an equal row that comes later is behind those kept.
        ulong bound = exact && _lastIsExact && _lastWord > 0 ? _lastWord - 1 : _lastWord;
        bool none = exact && _lastIsExact && _lastWord == 0;
        int count = 0;
        for (int i = 0; i < words.Length; i++)
        {
            chosen[count] = i;
            count += words[i] <= bound ? 1 : 0;
        }

        return none || count == 0 ? null : count == rows.Length ? rows.Share() : Take.Rows(rows, chosen[..count]);
    }

    private RecordBatch First()
    {
        using RecordBatch all = Concat.Batches(_held.Batches);
        using var order = new SortedOrder(all, breaker.Order);
        return order.Take(0, Math.Min(limit, all.Length));
    }

    private void Cut()
    {
        if (_held.Rows == 0)
        {
            return;
        }

        RecordBatch sorted = First();
        _held.Dispose();
        if (!_held.TryAdd(sorted))
        {
            _held.Add(sorted);
        }

        _full = sorted.Length == limit && breaker.Order.Count > 0;
        if (_full)
        {
            OrderColumn key = breaker.Order[0];
            using Column last = sorted[key.Column].Slice(limit - 1, 1);
            ulong word = 0;
            _lastIsExact = Sort.Words(new SortKey(last, key.Descending, key.NullsFirst), new Span<ulong>(ref word)) && breaker.Order.Count == 1;
            _lastWord = word;
        }
    }
}
