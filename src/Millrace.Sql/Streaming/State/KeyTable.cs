using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Numbers of keys, shared by the <see cref="KeyedRows"/> that are found by them: equal keys have one number. Keys that no row
/// has any more are forgotten by and by. One thread uses it.
/// </summary>
/// <param name="types">Types of the key columns; without any, all rows have one key.</param>
/// <param name="nullsMatch">For each key column whether null is equal to null; otherwise a row with null has no key.</param>
internal sealed class KeyTable(IReadOnlyList<DataType> types, IReadOnlyList<bool> nullsMatch) : IDisposable
{
    /// <summary>The number of rows without a key.</summary>
    public const int None = -1;

    // Below this there is nothing to be won by tidying up.
    private const int FewKeys = 1024;

    private readonly List<KeyedRows> _users = [];
    private GroupTable _table = GroupTable.Create(types);
    private int _kept;

    public int Count => _table.Count;

    public long ByteSize => _table.ByteSize;

    /// <summary>Writes the number of the key of each row; new keys get new numbers.</summary>
    public void Find(ReadOnlySpan<Column> keys, int rows, Span<int> numbers)
    {
        _table.Find(keys, rows, numbers);
        for (int i = 0; i < keys.Length; i++)
        {
            if (nullsMatch[i] || !keys[i].HasNulls)
            {
                continue;
            }

            Bitmap valid = keys[i].Validity;
            for (int row = 0; row < rows; row++)
            {
                numbers[row] = valid[row] ? numbers[row] : None;
            }
        }
    }

    /// <summary>Drops what is gone, here and in the rows. Numbers of keys and rows may be others then: only at the end of a round.</summary>
    /// <returns>Whether keys have other numbers.</returns>
    public bool Tidy()
    {
        _users.ForEach(u => u.Tidy());
        if (_table.Count < FewKeys || _table.Count / 2 < _kept)
        {
            return false;
        }

        var kept = new List<int>();
        var renumbered = new int[_table.Count];
        for (int key = 0; key < renumbered.Length; key++)
        {
            bool isUsed = _users.Exists(u => u.HasRows(key));
            renumbered[key] = isUsed ? kept.Count : None;
            if (isUsed)
            {
                kept.Add(key);
            }
        }

        _kept = kept.Count;
        if (types.Count == 0 || kept.Count > renumbered.Length / 2)
        {
            return false;
        }

        Rebuild([.. kept]);
        _users.ForEach(u => u.Renumber(renumbered, kept.Count));
        return true;
    }

    public void Dispose() => _table.Dispose();

    internal void Attach(KeyedRows user) => _users.Add(user);

    private void Rebuild(int[] kept)
    {
        Column[] all = _table.TakeKeys();
        _table.Dispose();
        _table = GroupTable.Create(types);
        Column[] keys = ColumnArrays.Make(all.Length, (all, kept), static (s, i) => Take.Rows(s.all[i], s.kept));
        _table.Find(keys, kept.Length, new int[kept.Length]);
        Array.ForEach(all, c => c.Dispose());
        Array.ForEach(keys, c => c.Dispose());
    }
}
