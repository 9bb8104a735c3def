using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <content>How the memory of rows that are gone is given back.</content>
internal sealed unsafe partial class KeyedRows
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
            kept[row] = _weights.Pointer[row] != 0 || (_before.TryGetValue(row, out Before before) && before.Weight != 0);
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
        (GrowingArray<int> heads, GrowingArray<int> tails) = (Filled(count, None), Filled(count, None));
        for (int key = 0; key < Math.Min(renumbered.Length, _heads.Length); key++)
        {
            if (renumbered[key] != KeyTable.None)
            {
                (heads.Pointer[renumbered[key]], tails.Pointer[renumbered[key]]) = (_heads.Pointer[key], _tails.Pointer[key]);
            }
        }

        _heads.Dispose();
        _tails.Dispose();
        (_heads, _tails) = (heads, tails);
        for (int row = 0; row < _size; row++)
        {
            int key = _keyOf.Pointer[row];
            _keyOf.Pointer[row] = key < 0 ? key : renumbered[key];
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
        GrowingArray<int> next = Filled(count, Unlinked);
        for (int key = 0; key < _heads.Length; key++)
        {
            int last = None;
            for (int row = First(key); row != None; row = Next(row))
            {
                int number = renumbered[row];
                next.Pointer[number] = None;
                if (last == None)
                {
                    _heads.Pointer[key] = number;
                }
                else
                {
                    next.Pointer[last] = number;
                }

                last = number;
            }

            _tails.Pointer[key] = last;
        }

        _next.Dispose();
        _next = next;
        Compact(ref _keyOf, kept, count);
        Compact(ref _weights, kept, count);
        if (_options.HasTags)
        {
            Compact(ref _tags, kept, count);
            Compact(ref _notes, kept, count);
        }

        KeepSaved(kept, renumbered);
        _rows.Keep(kept);
        Times?.Keep(kept);
        Uses?.Keep(kept);
        _size = count;
        _index?.Rebuild();
    }

    private static GrowingArray<int> Filled(int count, int value)
    {
        var filled = new GrowingArray<int>();
        filled.Resize(count);
        new Span<int>(filled.Pointer, count).Fill(value);
        return filled;
    }

    private static void Compact<T>(ref GrowingArray<T> values, bool[] kept, int count)
        where T : unmanaged
    {
        var compacted = new GrowingArray<T>();
        compacted.Resize(count);
        int at = 0;
        for (int row = 0; row < kept.Length; row++)
        {
            if (kept[row])
            {
                compacted.Pointer[at++] = values.Pointer[row];
            }
        }

        values.Dispose();
        values = compacted;
    }
}
