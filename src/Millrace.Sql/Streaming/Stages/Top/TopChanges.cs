using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>What the keys that a round touches gave before it, and what they give behind it. One thread uses it.</summary>
internal sealed class TopChanges(TopStage stage, KeyedRows rows, TopLists lists, Action<RecordBatch> emit)
{
    private readonly int[] _columns = [.. Enumerable.Range(0, stage.Schema.Count - (stage.HasNumbers ? 1 : 0))];

    // The keys, and where the rows begin that each gave, one by one.
    private readonly List<int> _keys = [];
    private readonly List<int> _starts = [];
    private readonly List<int> _old = [];
    private readonly List<int> _now = [];
    private readonly List<int> _used = [];
    private bool[] _isTouched = [];

    // What is to be given.
    private readonly List<int> _rows = [];
    private readonly List<long> _weights = [];
    private readonly List<long> _numbers = [];

    /// <summary>The rows of a key are about to change.</summary>
    public void Touch(int key)
    {
        if (key >= _isTouched.Length)
        {
            Array.Resize(ref _isTouched, Math.Max(key + 1, Math.Max(64, _isTouched.Length * 2)));
        }

        if (!_isTouched[key])
        {
            _isTouched[key] = true;
            _keys.Add(key);
            _starts.Add(_old.Count);
            Read(key, _old);
        }
    }

    /// <summary>All keys count as touched.</summary>
    public void TouchAll(int keys) => _used.AddRange(Enumerable.Range(0, keys));

    /// <summary>The keys that were touched since the last call, if they are kept.</summary>
    public int[] TakeKeys()
    {
        int[] keys = [.. _used];
        _used.Clear();
        return keys;
    }

    /// <summary>How many rows the list of a key counts, up to those that are looked at.</summary>
    public long CountOf(int key)
    {
        long count = 0;
        for (int i = 0; i < lists.Count(key) && count < stage.UpTo; i++)
        {
            count += Math.Max(0, rows.Weights[lists.At(key, i)]);
        }

        return count;
    }

    /// <summary>Gives what differs.</summary>
    /// <param name="keepsKeys">Whether <see cref="TakeKeys"/> asks for the keys.</param>
    public void Give(bool keepsKeys)
    {
        for (int i = 0; i < _keys.Count; i++)
        {
            int end = i + 1 < _keys.Count ? _starts[i + 1] : _old.Count;
            ReadOnlySpan<int> old = CollectionsMarshal.AsSpan(_old)[_starts[i]..end];
            _now.Clear();
            Read(_keys[i], _now);
            if (stage.HasNumbers)
            {
                CompareNumbers(old, CollectionsMarshal.AsSpan(_now));
            }
            else
            {
                CompareRows(old, CollectionsMarshal.AsSpan(_now));
            }

            _isTouched[_keys[i]] = false;
            if (_rows.Count >= RecordBatch.DefaultRows)
            {
                Flush();
            }
        }

        if (_rows.Count > 0)
        {
            Flush();
        }

        if (keepsKeys)
        {
            _used.AddRange(_keys);
        }

        _keys.Clear();
        _starts.Clear();
        _old.Clear();
    }

    // The rows within the bounds, each as often as it counts.
    private void Read(int key, List<int> into)
    {
        int place = 0;
        for (int i = 0; i < lists.Count(key) && place < stage.UpTo; i++)
        {
            int row = lists.At(key, i);
            for (long weight = rows.Weights[row]; weight > 0 && place < stage.UpTo; weight--, place++)
            {
                if (place >= stage.After)
                {
                    into.Add(row);
                }
            }
        }
    }

    private void CompareNumbers(ReadOnlySpan<int> old, ReadOnlySpan<int> now)
    {
        for (int i = 0; i < Math.Max(old.Length, now.Length); i++)
        {
            if (i < old.Length && i < now.Length && old[i] == now[i])
            {
                continue;
            }

            long number = stage.After + i + 1L;
            if (i < old.Length)
            {
                Add(old[i], -1, number);
            }

            if (i < now.Length)
            {
                Add(now[i], 1, number);
            }
        }
    }

    // Both are in order.
    private void CompareRows(ReadOnlySpan<int> old, ReadOnlySpan<int> now)
    {
        (int i, int j) = (0, 0);
        while (i < old.Length || j < now.Length)
        {
            int order = i == old.Length ? 1 : j == now.Length ? -1 : lists.Compare(old[i], now[j]);
            if (order < 0)
            {
                Add(old[i], -1, 0);
            }
            else if (order > 0)
            {
                Add(now[j], 1, 0);
            }

            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
    }

    private void Add(int row, long weight, long number)
    {
        _rows.Add(row);
        _weights.Add(weight);
        _numbers.Add(number);
    }

    private void Flush()
    {
        using RecordBatch taken = rows.Take(CollectionsMarshal.AsSpan(_rows), _columns);
        Column[] numbers = [];
        if (stage.HasNumbers)
        {
            using var builder = new FixedBuilder<long>(DataType.Int64, _numbers.Count);
            CollectionsMarshal.AsSpan(_numbers).CopyTo(builder.AppendUninitialized(_numbers.Count));
            numbers = [builder.Build()];
        }

        using (var given = new RecordBatch(stage.Schema, taken.Length, [.. taken.Columns.Select(c => c.Share()), .. numbers]))
        {
            emit(Weights.Join(given, CollectionsMarshal.AsSpan(_weights)));
        }

        _rows.Clear();
        _weights.Clear();
        _numbers.Clear();
    }
}
