using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// The rows of a batch that count for an aggregate: those with an argument, for which its filter is true. Aggregates of the
/// same column follow each other often, so the last choice is kept.
/// </summary>
internal sealed unsafe class ChosenRows(ReadOnlySpan<int> groups) : IDisposable
{
    private readonly NativeBuffer _groups = Copy(groups);
    private readonly int _rows = groups.Length;
    private readonly List<(Column Source, Column Kept)> _kept = [];
    private Column? _required;
    private Column? _filter;
    private RowMask? _mask;
    private NativeBuffer? _chosen;
    private int _count;

    /// <summary>Groups of the rows that count.</summary>
    public ReadOnlySpan<int> Groups => new(_chosen!.Pointer, _count);

    /// <summary>Chooses rows; true if all count.</summary>
    public bool Choose(Column? required, Vector? filter)
    {
        required = required is { HasNulls: true } ? required : null;
        if (required is null && filter is null)
        {
            return true;
        }

        if (_mask is null || !ReferenceEquals(required, _required) || !ReferenceEquals(filter?.Column, _filter))
        {
            Forget();
            _required = required;
            _filter = filter?.Column;
            _mask = RowMask.Copy(required is null ? default : required.Validity, _rows);
            if (filter is { } test)
            {
                Test(_mask, test);
            }

            _count = _mask.Count();
            Compact();
        }

        return _count == _rows;
    }

    /// <summary>The arguments in the rows that count; they live as long as the choice.</summary>
    public Vector[] Keep(ReadOnlySpan<Vector> arguments)
    {
        var kept = new Vector[arguments.Length];
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = arguments[i].IsConstant ? arguments[i] : new Vector(Keep(arguments[i].Column));
        }

        return kept;
    }

    /// <summary>The weights of the rows that count; empty if there are none.</summary>
    public ReadOnlySpan<long> Keep(ReadOnlySpan<long> weights)
    {
        if (weights.IsEmpty)
        {
            return default;
        }

        var kept = new long[_count];
        int at = 0;
        for (int word = 0; word < _mask!.WordCount; word++)
        {
            for (ulong bits = _mask.Words[word]; bits != 0; bits &= bits - 1)
            {
                kept[at++] = weights[(word << 6) + System.Numerics.BitOperations.TrailingZeroCount(bits)];
            }
        }

        return kept;
    }

    public void Dispose()
    {
        Forget();
        _groups.Dispose();
    }

    /// <summary>Leaves only rows for which a filter is true.</summary>
    public static void Test(RowMask mask, Vector filter)
    {
        var values = (BooleanColumn)filter.Column;
        for (int word = 0; word < mask.WordCount; word++)
        {
            mask.Words[word] &= filter.IsConstant
                ? (values.Values[0] && !values.IsNull(0) ? ulong.MaxValue : 0)
                : values.Values.Word(word << 6) & values.Validity.Word(word << 6);
        }
    }

    private static NativeBuffer Copy(ReadOnlySpan<int> groups)
    {
        NativeBuffer copy = BufferPool.Rent(groups.Length * sizeof(int));
        groups.CopyTo(new Span<int>(copy.Pointer, groups.Length));
        return copy;
    }

    /// <summary>A column in the rows that count; it lives as long as the choice.</summary>
    public Column Keep(Column column)
    {
        foreach ((Column source, Column already) in _kept)
        {
            if (ReferenceEquals(source, column))
            {
                return already;
            }
        }

        Column kept = Filter.Apply(column, _mask!.Bits);
        _kept.Add((column, kept));
        return kept;
    }

    private void Compact()
    {
        _chosen = BufferPool.Rent(_count * sizeof(int));
        int* target = (int*)_chosen.Pointer;
        int* source = (int*)_groups.Pointer;
        for (int word = 0; word < _mask!.WordCount; word++)
        {
            for (ulong bits = _mask.Words[word]; bits != 0; bits &= bits - 1)
            {
                *target++ = source[(word << 6) + System.Numerics.BitOperations.TrailingZeroCount(bits)];
            }
        }
    }

    private void Forget()
    {
        _mask?.Dispose();
        _mask = null;
        _chosen?.Dispose();
        _chosen = null;
        foreach ((_, Column kept) in _kept)
        {
            kept.Dispose();
        }

        _kept.Clear();
    }
}
