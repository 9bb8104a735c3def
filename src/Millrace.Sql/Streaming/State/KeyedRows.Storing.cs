using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <content>How rows come in.</content>
internal sealed unsafe partial class KeyedRows
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
        if (_index is { } ordered && _options.InOrder)
        {
            StoreInOrder(ordered, rows, keys, weights, numbers);
            SetTimes(rows, numbers, now);
            return;
        }

        if (_index is { } index)
        {
            var fresh = new List<int>();
            index.Find(rows, numbers, fresh);
            Grow(before + fresh.Count);
            _rows.Add(fresh.Count == rows.Length ? rows.Share() : Columnar.Take.Rows(rows, CollectionsMarshal.AsSpan(fresh)));
        }
        else
        {
            Grow(before + rows.Length);
            _rows.Add(rows.Share());
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = before + i;
            }

            Append(before, keys, weights, numbers.Length);
            SetTimes(rows, numbers, now);
            return;
        }

        GrowKeys(keys);
        for (int i = 0; i < numbers.Length; i++)
        {
            AddWeight(numbers[i], keys[i], weights.IsEmpty ? 1 : weights[i]);
        }

        SetTimes(rows, numbers, now);
    }

    // One after the other: whether a row is new depends on those before it.
    private void StoreInOrder(RowIndex index, RecordBatch rows, ReadOnlySpan<int> keys, ReadOnlySpan<long> weights, Span<int> numbers)
    {
        int before = _size;
        var fresh = new List<int>();
        RowIndex.Search search = index.Find(rows, numbers);
        GrowKeys(keys);
        for (int i = 0; i < numbers.Length; i++)
        {
            int number = numbers[i];
            if (number == None || _weights.Pointer[number] == 0)
            {
                number = index.FindFresh(search, i, before, fresh);
                if (number == None || _weights.Pointer[number] == 0)
                {
                    number = index.Append(search, i);
                    fresh.Add(i);
                    Grow(number + 1);
                }
            }

            numbers[i] = number;
            AddWeight(number, keys[i], weights.IsEmpty ? 1 : weights[i]);
        }

        _rows.Add(fresh.Count == rows.Length ? rows.Share() : Columnar.Take.Rows(rows, CollectionsMarshal.AsSpan(fresh)));
    }

    // Rows that are all new.
    private void Append(int first, ReadOnlySpan<int> keys, ReadOnlySpan<long> weights, int count)
    {
        GrowKeys(keys);
        int* heads = _heads.Pointer;
        int* tails = _tails.Pointer;
        int* next = _next.Pointer;
        for (int i = 0; i < count; i++)
        {
            (int row, int key) = (first + i, keys[i]);
            next[row] = None;
            if (heads[key] == None)
            {
                heads[key] = row;
            }
            else
            {
                next[tails[key]] = row;
            }

            tails[key] = row;
        }

        keys[..count].CopyTo(new Span<int>(_keyOf.Pointer + first, count));
        var own = new Span<long>(_weights.Pointer + first, count);
        if (weights.IsEmpty)
        {
            own.Fill(1);
        }
        else
        {
            weights[..count].CopyTo(own);
        }

        Count += count - own.Count(0);
        if (_options.HasTags)
        {
            new Span<long>(_tags.Pointer + first, count).Fill(Fresh);
        }
    }

    private void AddWeight(int row, int key, long weight)
    {
        Touch(row);
        long old = _weights.Pointer[row];
        long sum = Streaming.Weights.Sum(old, weight);
        _weights.Pointer[row] = sum;
        Count += (sum == 0 ? 0 : 1) - (old == 0 ? 0 : 1);
        if (old == 0 && _options.HasTags)
        {
            _tags.Pointer[row] = Fresh;
        }

        if (_next.Pointer[row] != Unlinked)
        {
            return;
        }

        _keyOf.Pointer[row] = key;
        _next.Pointer[row] = None;
        if (_heads.Pointer[key] == None)
        {
            _heads.Pointer[key] = row;
        }
        else
        {
            _next.Pointer[_tails.Pointer[key]] = row;
        }

        _tails.Pointer[key] = row;
    }

    private void SetTimes(RecordBatch rows, ReadOnlySpan<int> numbers, long now)
    {
        if (_options.TimeColumn is { } column)
        {
            var times = (FixedColumn<long>)rows[column];
            ReadOnlySpan<long> values = times.Values;
            TimeUnit unit = times.Type.Unit;
            bool hasNulls = times.HasNulls;
            Times!.Reserve(_size);
            for (int i = 0; i < numbers.Length; i++)
            {
                Times.Set(numbers[i], hasNulls && times.IsNull(i) ? StreamTime.None : unit == TimeUnit.Microsecond ? values[i] : StreamTime.FromUnit(values[i], unit));
            }
        }

        if (Uses is { } uses)
        {
            uses.Reserve(_size);
            foreach (int row in numbers)
            {
                uses.Set(row, now);
            }
        }
    }

    private void Grow(int size)
    {
        _next.Resize(size);
        _keyOf.Resize(size);
        _weights.Resize(size);
        if (_options.HasTags)
        {
            _tags.Resize(size);
            _notes.Resize(size);
        }

        new Span<int>(_next.Pointer + _size, size - _size).Fill(Unlinked);
        _size = size;
    }

    private void GrowKeys(ReadOnlySpan<int> keys)
    {
        int known = _heads.Length;
        int most = known - 1;
        foreach (int key in keys)
        {
            most = Math.Max(most, key);
        }

        _heads.Resize(most + 1);
        _tails.Resize(most + 1);
        new Span<int>(_heads.Pointer + known, _heads.Length - known).Fill(None);
        new Span<int>(_tails.Pointer + known, _tails.Length - known).Fill(None);
    }
}
