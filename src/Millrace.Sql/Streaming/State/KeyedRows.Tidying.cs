using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <content>How the memory of rows that are gone is given back.</content>
internal sealed partial class KeyedRows
{
    /// <summary>Drops the memory of rows that are gone, if that is worth it. Rows have other numbers then.</summary>
    internal void Tidy()
    {
        // A row that is gone is still needed until the next checkpoint knows of it.
        if (_size < FewRows || Count + _before.Count > _size / 2)
        {
            return;
        }

        var kept = new bool[_size];
        int count = 0;
        for (int row = 0; row < kept.Length; row++)
        {
            kept[row] = _weights[row] != 0 || (_before.TryGetValue(row, out Before before) && before.Weight != 0);
            count += kept[row] ? 1 : 0;
        }

        Keep(kept, count);
    }

    /// <summary>Keys have other numbers.</summary>
    /// <param name="renumbered">The new number of each.</param>
    /// <param name="count">How many there are now.</param>
    internal void Renumber(ReadOnlySpan<int> renumbered, int count)
    {
        Generation++;
        int[] heads = new int[count];
        int[] tails = new int[count];
        heads.AsSpan().Fill(None);
        tails.AsSpan().Fill(None);
        for (int key = 0; key < Math.Min(renumbered.Length, _heads.Length); key++)
        {
            if (renumbered[key] != KeyTable.None)
            {
                (heads[renumbered[key]], tails[renumbered[key]]) = (_heads[key], _tails[key]);
            }
        }

        (_heads, _tails) = (heads, tails);
        for (int row = 0; row < _size; row++)
        {
            int key = _keyOf[row];
            _keyOf[row] = key < 0 ? key : renumbered[key];
        }
    }

    private void Keep(bool[] kept, int count)
    {
        Generation++;
        var renumbered = new int[_size];
        int at = 0;
        for (int row = 0; row < kept.Length; row++)
        {
            renumbered[row] = kept[row] ? at++ : None;
        }

        // The lists of all keys, without the rows that are gone.
        var next = new int[Math.Max(count, RecordBatch.DefaultRows)];
        next.AsSpan().Fill(Unlinked);
        for (int key = 0; key < _heads.Length; key++)
        {
            int last = None;
            for (int row = First(key); row != None; row = Next(row))
            {
                int number = renumbered[row];
                next[number] = None;
                if (last == None)
                {
                    _heads[key] = number;
                }
                else
                {
                    next[last] = number;
                }

                last = number;
            }

            _tails[key] = last;
        }

        _next = next;
        Compact(ref _keyOf, kept, next.Length);
        Compact(ref _weights, kept, next.Length);
        if (_options.HasTags)
        {
            Compact(ref _tags, kept, next.Length);
            Compact(ref _notes, kept, next.Length);
        }

        KeepSaved(kept, renumbered);
        _rows.Keep(kept);
        Times?.Keep(kept);
        Uses?.Keep(kept);
        _size = count;
        _index?.Rebuild();
    }

    private static void Compact<T>(ref T[] values, bool[] kept, int room)
    {
        var compacted = new T[room];
        int at = 0;
        for (int row = 0; row < kept.Length; row++)
        {
            if (kept[row])
            {
                compacted[at++] = values[row];
            }
        }

        values = compacted;
    }
}
