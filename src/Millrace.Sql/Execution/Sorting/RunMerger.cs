using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Merges sorted runs with a tree of losers: in each inner node stands the run that lost there, so that the next row costs
/// one comparison on each level.
/// </summary>
internal sealed unsafe class RunMerger : IDisposable
{
    private readonly RunCursor[] _cursors;
    private readonly RowOrder?[] _orders;
    private readonly int[] _losers;
    private readonly int[] _from = new int[RecordBatch.DefaultRows];
    private readonly int[] _rows = new int[RecordBatch.DefaultRows];
    private int _winner = -1;

    /// <param name="runs">Taken over; in the order in which equal rows of one part come out.</param>
    /// <param name="order">Columns to sort by.</param>
    /// <param name="partColumn">The column with the number of the part, or -1.</param>
    public RunMerger(IReadOnlyList<SortedRun> runs, IReadOnlyList<OrderColumn> order, int partColumn)
    {
        _cursors = [.. runs.Select(r => new RunCursor(r, order, partColumn))];
        _orders = new RowOrder?[_cursors.Length * _cursors.Length];
        _losers = new int[_cursors.Length];
    }

    /// <summary>The next rows, which the caller owns; null at the end.</summary>
    public RecordBatch? Next()
    {
        if (_cursors.Length == 0)
        {
            return null;
        }

        if (_winner < 0)
        {
            foreach (RunCursor cursor in _cursors)
            {
                cursor.Advance();
            }

            Build();
        }

        RunCursor first = _cursors[_winner];
        if (_cursors.Length == 1)
        {
            RecordBatch? only = first.Rows?.Share();
            first.Advance();
            return only;
        }

        return first.Rows is null ? null : Merge();
    }

    public void Dispose()
    {
        foreach (RunCursor cursor in _cursors)
        {
            cursor.Dispose();
        }
    }

    // Ends when a run's rows at hand are used up, since those that come next replace them.
    private RecordBatch Merge()
    {
        int count = 0;
        RunCursor cursor;
        do
        {
            cursor = _cursors[_winner];
            _from[count] = _winner;
            _rows[count++] = cursor.At++;
            if (cursor.At == cursor.Rows!.Length)
            {
                break;
            }

            Replay(_winner);
        }
        while (count < _rows.Length);

        RecordBatch merged = Gather(count);
        if (cursor.At == cursor.Rows!.Length)
        {
            int run = _winner;
            cursor.Advance();
            for (int i = 0; i < _cursors.Length; i++)
            {
                _orders[(run * _cursors.Length) + i] = null;
                _orders[(i * _cursors.Length) + run] = null;
            }

            Replay(run);
        }

        return merged;
    }

    // What comes from one run is a piece of it, so the pieces are put together and then brought into order.
    private RecordBatch Gather(int count)
    {
        var pieces = new List<RecordBatch>();
        Span<int> shifts = _cursors.Length <= 64 ? stackalloc int[_cursors.Length] : new int[_cursors.Length];
        int before = 0;
        for (int i = 0; i < _cursors.Length; i++)
        {
            RunCursor cursor = _cursors[i];
            shifts[i] = before - cursor.Start;
            if (cursor.Rows is not null && cursor.At > cursor.Start)
            {
                pieces.Add(cursor.Rows.Slice(cursor.Start, cursor.At - cursor.Start));
                before += cursor.At - cursor.Start;
                cursor.Start = cursor.At;
            }
        }

        try
        {
            if (pieces.Count == 1)
            {
                return pieces[0].Share();
            }

            for (int i = 0; i < count; i++)
            {
                _rows[i] += shifts[_from[i]];
            }

            using RecordBatch together = Concat.Batches(pieces);
            return Take.Rows(together, _rows.AsSpan(0, count));
        }
        finally
        {
            pieces.ForEach(p => p.Dispose());
        }
    }

    private void Build()
    {
        int count = _cursors.Length;
        var winners = new int[2 * count];
        for (int i = 0; i < count; i++)
        {
            winners[count + i] = i;
        }

        for (int node = count - 1; node >= 1; node--)
        {
            (int a, int b) = (winners[2 * node], winners[(2 * node) + 1]);
            bool left = IsFirst(a, b);
            winners[node] = left ? a : b;
            _losers[node] = left ? b : a;
        }

        _winner = count == 1 ? 0 : winners[1];
    }

    private void Replay(int run)
    {
        for (int node = (run + _cursors.Length) >> 1; node >= 1; node >>= 1)
        {
            if (IsFirst(_losers[node], run))
            {
                (run, _losers[node]) = (_losers[node], run);
            }
        }

        _winner = run;
    }

    private bool IsFirst(int a, int b)
    {
        RunCursor left = _cursors[a];
        RunCursor right = _cursors[b];
        if (left.Words == null || right.Words == null)
        {
            return left.Words != null || (right.Words == null && a < b);
        }

        ulong leftWord = left.Words[left.At];
        ulong rightWord = right.Words[right.At];
        return leftWord != rightWord ? leftWord < rightWord : IsFirstOfEqualWords(a, b);
    }

    private bool IsFirstOfEqualWords(int a, int b)
    {
        RunCursor left = _cursors[a];
        RunCursor right = _cursors[b];
        if (!left.Exact || !right.Exact)
        {
            RowOrder order = _orders[(a * _cursors.Length) + b] ??= new RowOrder(left.Keys, Array.ConvertAll(right.Keys, k => k.Column));
            int compared = order.Compare(left.At, right.At);
            if (compared != 0)
            {
                return compared < 0;
            }
        }

        int parts = left.Part.CompareTo(right.Part);
        return parts != 0 ? parts < 0 : a < b;
    }
}
