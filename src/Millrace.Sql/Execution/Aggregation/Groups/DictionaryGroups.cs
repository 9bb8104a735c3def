using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Groups by keys that all came as dictionaries of few values: the indices of a row are a place in an array that has its
/// group. What a place means is asked of the table once for each combination of dictionaries. One thread uses it.
/// </summary>
internal sealed unsafe class DictionaryGroups : IDisposable
{
    // Places, so that the array stays in the cache.
    private const int MaxPlaces = 16 << 10;
    private const int Unknown = -1;

    private readonly GrowingArray<int> _places = new();
    private readonly GrowingArray<int> _groups = new();
    private Column[] _dictionaries = [];

    /// <summary>Writes the group of each row; false if the keys are not of this kind.</summary>
    /// <param name="table">Has the groups.</param>
    /// <param name="keys">A column for each key.</param>
    /// <param name="groups">Gets a number for each row.</param>
    public bool TryFind(GroupTable table, ReadOnlySpan<Column> keys, Span<int> groups)
    {
        if (!Fits(keys))
        {
            return false;
        }

        fixed (int* target = groups)
        {
            WritePlaces(keys, target, groups.Length);
            if (!TryLookUp(target, groups.Length))
            {
                AskFor(table, keys, target, groups.Length);
            }
        }

        return true;
    }

    public void Dispose()
    {
        Forget();
        _places.Dispose();
        _groups.Dispose();
    }

    // Each key has a place more, for null.
    private bool Fits(ReadOnlySpan<Column> keys)
    {
        long places = 1;
        bool isKnown = keys.Length == _dictionaries.Length;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] is not DictionaryColumn key || (places *= key.Dictionary.Length + 1L) > MaxPlaces)
            {
                return false;
            }

            isKnown = isKnown && ReferenceEquals(_dictionaries[i], key.Dictionary);
        }

        if (!isKnown)
        {
            Forget();
            _dictionaries = new Column[keys.Length];
            for (int i = 0; i < keys.Length; i++)
            {
                _dictionaries[i] = ((DictionaryColumn)keys[i]).Dictionary.Share();
            }

            _groups.Resize((int)places);
            new Span<int>(_groups.Pointer, (int)places).Fill(Unknown);
        }

        return true;
    }

    private static void WritePlaces(ReadOnlySpan<Column> keys, int* places, int rows)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            var key = (DictionaryColumn)keys[i];
            int count = key.Dictionary.Length;
            fixed (int* indices = key.Indices)
            {
                if (key.HasNulls)
                {
                    Bitmap validity = key.Validity;
                    for (int row = 0; row < rows; row++)
                    {
                        int index = validity[row] ? indices[row] : count;
                        places[row] = i == 0 ? index : (places[row] * (count + 1)) + index;
                    }
                }
                else if (i == 0)
                {
                    new ReadOnlySpan<int>(indices, rows).CopyTo(new Span<int>(places, rows));
                }
                else
                {
                    for (int row = 0; row < rows; row++)
                    {
                        places[row] = (places[row] * (count + 1)) + indices[row];
                    }
                }
            }
        }
    }

    // Writes groups over the places, unless that of one is not known yet: then nothing is written.
    private bool TryLookUp(int* places, int rows)
    {
        int* groups = _groups.Pointer;
        int any = 0;
        for (int row = 0; row < rows; row++)
        {
            any |= groups[places[row]];
        }

        if (any < 0)
        {
            return false;
        }

        for (int row = 0; row < rows; row++)
        {
            places[row] = groups[places[row]];
        }

        return true;
    }

    private void AskFor(GroupTable table, ReadOnlySpan<Column> keys, int* places, int rows)
    {
        // The first row of each place that is not known; until the answer comes the place counts as known.
        _places.Resize(rows);
        int* firsts = _places.Pointer;
        int* groups = _groups.Pointer;
        int count = 0;
        for (int row = 0; row < rows; row++)
        {
            if (groups[places[row]] == Unknown)
            {
                groups[places[row]] = 0;
                firsts[count++] = row;
            }
        }

        var first = new ReadOnlySpan<int>(firsts, count);
        var plain = new Column[keys.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            using Column taken = Take.Rows(keys[i], first);
            plain[i] = Cast.To(taken, taken.Type.DictionaryValue).Column;
        }

        try
        {
            var found = new int[count];
            table.Find(plain, count, found);
            for (int i = 0; i < count; i++)
            {
                groups[places[firsts[i]]] = found[i];
            }
        }
        finally
        {
            Array.ForEach(plain, c => c.Dispose());
        }

        TryLookUp(places, rows);
    }

    private void Forget()
    {
        Array.ForEach(_dictionaries, d => d.Dispose());
        _dictionaries = [];
    }
}
