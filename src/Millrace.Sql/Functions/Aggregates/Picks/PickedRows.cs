using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>At most one row of some columns for each group; a later one replaces it. Replaced rows are thrown away from time to time.</summary>
/// <param name="types">Types of the columns.</param>
internal sealed unsafe class PickedRows(IReadOnlyList<DataType> types) : IDisposable
{
    private readonly ColumnBuilder[] _builders = [.. types.Select(t => ColumnBuilder.Create(t, 0))];
    private readonly GrowingArray<int> _rows = new();
    private readonly List<int> _chosen = [];
    private long _bytes;

    public long ByteSize => _rows.ByteSize + _bytes;

    public void Resize(int groups) => _rows.Resize(groups);

    /// <summary>Whether a group has a row.</summary>
    public bool Has(int group) => _rows.Pointer[group] != 0;

    /// <summary>The row of a group among those stored, and the builder of a column; a row of the batch at hand is <paramref name="pending"/>.</summary>
    public ColumnBuilder Stored(int group, int column, out int row, out int pending)
    {
        int at = _rows.Pointer[group] - 1;
        int length = _builders[column].Length;
        row = at;
        pending = at < length ? -1 : _chosen[at - length];
        return _builders[column];
    }

    /// <summary>Chooses a row of the batch at hand for a group.</summary>
    public void Choose(int group, int row)
    {
        int length = _builders[0].Length;
        int at = _rows.Pointer[group] - 1;
        if (at >= length)
        {
            // Chosen before in this batch.
            _chosen[at - length] = row;
            return;
        }

        _chosen.Add(row);
        _rows.Pointer[group] = length + _chosen.Count;
    }

    /// <summary>Stores the rows chosen of a batch.</summary>
    public void Keep(ReadOnlySpan<Column> columns)
    {
        if (_chosen.Count == 0)
        {
            return;
        }

        int[] chosen = [.. _chosen];
        _chosen.Clear();
        for (int i = 0; i < _builders.Length; i++)
        {
            using Column taken = Take.Rows(columns[i], chosen);
            _builders[i].AppendRange(taken, 0, taken.Length);
            _bytes += taken.ByteSize * 2;
        }

        if (_builders[0].Length > (2L * _rows.Length) + 8192)
        {
            Compact();
        }
    }

    /// <summary>A column of some groups' rows, null for those without; the caller owns it.</summary>
    public Column Column(int column, int start, int count)
    {
        int[] groups = [.. Enumerable.Range(start, count)];
        return Column(column, groups);
    }

    /// <summary>The same of any groups.</summary>
    public Column Column(int column, ReadOnlySpan<int> groups)
    {
        if (_builders[column] is BinaryBuilder { NullCount: 0 } strings)
        {
            return Strings(strings, groups);
        }

        using ColumnBuilder result = ColumnBuilder.Create(types[column], groups.Length);
        using Column stored = _builders[column].Build();
        _builders[column].AppendRange(stored, 0, stored.Length);
        foreach (int group in groups)
        {
            if (Has(group))
            {
                result.AppendRange(stored, _rows.Pointer[group] - 1, 1);
            }
            else
            {
                result.AppendNull();
            }
        }

        return result.Build();
    }

    public void Clear(int start, int count) => new Span<int>(_rows.Pointer + start, count).Clear();

    public void Dispose()
    {
        Array.ForEach(_builders, b => b.Dispose());
        _rows.Dispose();
    }

    // Read where they lie: there may be many more than are asked for.
    private BinaryColumn Strings(BinaryBuilder stored, ReadOnlySpan<int> groups)
    {
        using var result = new BinaryBuilder(stored.Type, groups.Length);
        foreach (int group in groups)
        {
            if (Has(group))
            {
                result.Append(stored[_rows.Pointer[group] - 1]);
            }
            else
            {
                result.AppendNull();
            }
        }

        return (BinaryColumn)result.Build();
    }

    private void Compact()
    {
        var kept = new List<int>();
        for (int group = 0; group < _rows.Length; group++)
        {
            if (_rows.Pointer[group] != 0)
            {
                kept.Add(_rows.Pointer[group] - 1);
                _rows.Pointer[group] = kept.Count;
            }
        }

        int[] rows = [.. kept];
        _bytes = 0;
        foreach (ColumnBuilder builder in _builders)
        {
            using Column all = builder.Build();
            using Column taken = Take.Rows(all, rows);
            builder.AppendRange(taken, 0, taken.Length);
            _bytes += taken.ByteSize * 2;
        }
    }
}
