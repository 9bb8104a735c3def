using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>The keys of the groups of a table, kept as they came: rows that begin a group are noted while a batch is looked up, then copied together.</summary>
internal sealed unsafe class GroupKeys(IReadOnlyList<DataType> types) : IDisposable
{
    private readonly ColumnBuilder[] _builders = [.. types.Select(t => ColumnBuilder.Create(t, 0))];
    private readonly GrowingArray<int> _rows = new();
    private long _bytes;

    public long ByteSize => _bytes;

    /// <summary>Gets ready for a batch.</summary>
    /// <returns>Where to note rows, room for all of them.</returns>
    public int* Begin(int rows)
    {
        _rows.Resize(rows);
        return _rows.Pointer;
    }

    /// <summary>Keeps the rows noted.</summary>
    public void End(ReadOnlySpan<Column> keys, int noted)
    {
        if (noted == 0)
        {
            return;
        }

        var rows = new ReadOnlySpan<int>(_rows.Pointer, noted);
        for (int i = 0; i < _builders.Length; i++)
        {
            using Column taken = Take.Rows(keys[i], rows);
            _builders[i].AppendRange(taken, 0, noted);

            // Memory grows by doubling, so there is up to as much again.
            _bytes += taken.ByteSize * 2;
        }
    }

    public Column[] Build() => Array.ConvertAll(_builders, b => b.Build());

    /// <summary>The keys so far; more can be added.</summary>
    public Column[] Copy()
    {
        Column[] keys = Build();
        for (int i = 0; i < keys.Length; i++)
        {
            _builders[i].AppendRange(keys[i], 0, keys[i].Length);
        }

        return keys;
    }

    public void Dispose()
    {
        Array.ForEach(_builders, b => b.Dispose());
        _rows.Dispose();
    }
}
