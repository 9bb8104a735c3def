using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <content>How rows come in.</content>
internal sealed partial class KeyedRows
{
    private ReadOnlySpan<int> AddCore(RecordBatch rows, ReadOnlySpan<int> keys, ReadOnlySpan<long> weights, long now)
    {
        if (_numbers.Length < rows.Length)
        {
            _numbers = new int[rows.Length];
        }

        if (!keys[..rows.Length].Contains(KeyTable.None))
        {
            Span<int> all = _numbers.AsSpan(0, rows.Length);
            Store(rows, keys, weights, now, all);
            return all;
        }

        var chosen = new List<int>();
        var chosenKeys = new List<int>();
        var chosenWeights = new List<long>();
        for (int row = 0; row < rows.Length; row++)
        {
            if (keys[row] != KeyTable.None)
            {
                chosen.Add(row);
                chosenKeys.Add(keys[row]);
                chosenWeights.Add(weights.IsEmpty ? 1 : weights[row]);
            }
        }

        var numbers = new int[chosen.Count];
        using (RecordBatch some = Columnar.Take.Rows(rows, CollectionsMarshal.AsSpan(chosen)))
        {
            Store(some, CollectionsMarshal.AsSpan(chosenKeys), CollectionsMarshal.AsSpan(chosenWeights), now, numbers);
        }

        Span<int> result = _numbers.AsSpan(0, rows.Length);
        result.Fill(None);
        for (int i = 0; i < numbers.Length; i++)
        {
            result[chosen[i]] = numbers[i];
        }

        return result;
    }

    private void Store(RecordBatch rows, ReadOnlySpan<int> keys, ReadOnlySpan<long> weights, long now, Span<int> numbers)
    {
        int before = _size;
        if (_index is { } index)
        {
            var fresh = new List<int>();
            index.Find(rows, numbers, fresh);
            Grow(before + fresh.Count);
            _rows.Add(fresh.Count == rows.Length ? rows.Share() : Columnar.Take.Rows(rows, CollectionsMarshal.AsSpan(fresh)));
        }
        else
        {
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = before + i;
            }

            Grow(before + rows.Length);
            _rows.Add(rows.Share());
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            AddWeight(numbers[i], keys[i], weights.IsEmpty ? 1 : weights[i]);
        }

        SetTimes(rows, numbers, now);
    }

    private void AddWeight(int row, int key, long weight)
    {
        Touch(row);
        long old = _weights[row];
        long sum = Streaming.Weights.Sum(old, weight);
        _weights[row] = sum;
        Count += (sum == 0 ? 0 : 1) - (old == 0 ? 0 : 1);
        if (old == 0 && _options.HasTags)
        {
            _tags[row] = Fresh;
        }

        if (_next[row] != Unlinked)
        {
            return;
        }

        _keyOf[row] = key;
        _next[row] = None;
        if (key >= _heads.Length)
        {
            GrowKeys(key + 1);
        }

        if (_heads[key] == None)
        {
            _heads[key] = row;
        }
        else
        {
            _next[_tails[key]] = row;
        }

        _tails[key] = row;
    }

    private void SetTimes(RecordBatch rows, ReadOnlySpan<int> numbers, long now)
    {
        if (_options.TimeColumn is { } column)
        {
            var times = (FixedColumn<long>)rows[column];
            ReadOnlySpan<long> values = times.Values;
            for (int i = 0; i < numbers.Length; i++)
            {
                Times!.Set(numbers[i], times.IsNull(i) ? StreamTime.None : StreamTime.FromUnit(values[i], times.Type.Unit));
            }
        }

        if (Uses is { } uses)
        {
            foreach (int row in numbers)
            {
                uses.Set(row, now);
            }
        }
    }

    private void Grow(int size)
    {
        if (size > _next.Length)
        {
            int room = Math.Max(size, Math.Max(LeastRoom, _next.Length * 2));
            Array.Resize(ref _next, room);
            Array.Resize(ref _keyOf, room);
            Array.Resize(ref _weights, room);
            Array.Resize(ref _tags, _options.HasTags ? room : 0);
            Array.Resize(ref _notes, _options.HasTags ? room : 0);
        }

        _next.AsSpan(_size, size - _size).Fill(Unlinked);
        _size = size;
    }

    private void GrowKeys(int count)
    {
        int known = _heads.Length;
        int room = Math.Max(count, Math.Max(16, known * 2));
        Array.Resize(ref _heads, room);
        Array.Resize(ref _tails, room);
        _heads.AsSpan(known).Fill(None);
        _tails.AsSpan(known).Fill(None);
    }
}
