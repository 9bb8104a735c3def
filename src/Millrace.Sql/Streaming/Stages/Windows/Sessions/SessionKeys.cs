using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>The keys of sessions by number. One thread uses it.</summary>
internal sealed class SessionKeys(Schema schema) : IDisposable
{
    private GroupTable _table = GroupTable.Create([.. schema.Fields.Select(f => f.Type)]);
    private RowChunks _rows = new(schema);

    public int Count => _table.Count;

    public long ByteSize => _table.ByteSize + _rows.ByteSize;

    /// <summary>Writes the number of the key of each row; new keys get the next numbers.</summary>
    public void Find(ReadOnlySpan<Column> keys, int rows, Span<int> numbers)
    {
        int next = schema.Count == 0 ? 1 : _table.Count;
        _table.Find(keys, rows, numbers);
        var first = new List<int>();
        for (int row = 0; row < rows && next < _table.Count; row++)
        {
            if (numbers[row] == next)
            {
                first.Add(row);
                next++;
            }
        }

        if (first.Count > 0)
        {
            _rows.Add(new RecordBatch(schema, first.Count, TakeRows(keys, CollectionsMarshal.AsSpan(first))));
        }
    }

    /// <summary>Keys by number; the caller owns the columns.</summary>
    public Column[] Take(ReadOnlySpan<int> numbers)
    {
        if (schema.Count == 0)
        {
            return [];
        }

        using RecordBatch taken = _rows.TakeRows(numbers);
        return [.. taken.Columns.Select(c => c.Share())];
    }

    /// <summary>Forgets all keys but some, which get the numbers from 0 on.</summary>
    public void Keep(ReadOnlySpan<int> kept)
    {
        Column[] columns = Take(kept);
        Dispose();
        _table = GroupTable.Create([.. schema.Fields.Select(f => f.Type)]);
        _rows = new RowChunks(schema);
        Find(columns, kept.Length, new int[kept.Length]);
        Array.ForEach(columns, c => c.Dispose());
    }

    public void Dispose()
    {
        _table.Dispose();
        _rows.Dispose();
    }

    private static Column[] TakeRows(ReadOnlySpan<Column> keys, ReadOnlySpan<int> rows)
    {
        var taken = new Column[keys.Length];
        for (int i = 0; i < taken.Length; i++)
        {
            Column plain = Columnar.Take.Rows(keys[i], rows);
            taken[i] = plain is DictionaryColumn ? Plain(plain) : plain;
        }

        return taken;
    }

    private static Column Plain(Column column)
    {
        using (column)
        {
            return Cast.To(column, column.Type.DictionaryValue).Column;
        }
    }
}
