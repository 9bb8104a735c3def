using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>A set of items of a column by their values; null equals null. Used again for row after row. Borrows the column.</summary>
internal sealed class ItemSet
{
    private readonly HashSet<int> _items;

    public ItemSet(Column items)
    {
        var hashes = new ulong[items.Length];
        Hash.Rows(items, hashes);
        _items = new HashSet<int>(new ByValue(hashes, RowComparer.Create(items, items)));
    }

    public void Clear() => _items.Clear();

    /// <summary>Adds an item; false if an equal one is there.</summary>
    public bool Add(int item) => _items.Add(item);

    public bool Remove(int item) => _items.Remove(item);

    public bool Contains(int item) => _items.Contains(item);

    private sealed class ByValue(ulong[] hashes, RowComparer comparer) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => x == y || (hashes[x] == hashes[y] && comparer.Compare(x, y) == 0);

        public int GetHashCode(int item) => (int)hashes[item];
    }
}
