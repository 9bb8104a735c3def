using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>One item a row, or none, of a column of items.</summary>
internal sealed class ItemChoice(int rows) : IDisposable
{
    private readonly FixedBuilder<int> _items = new(DataType.Int32, rows);
    private readonly BooleanBuilder _valid = new(rows);

    /// <summary>Adds a row; -1 for null.</summary>
    public void Add(int item)
    {
        _items.Append(Math.Max(item, 0));
        _valid.Append(item >= 0);
    }

    /// <summary>The chosen items; the caller owns them.</summary>
    public Column Take(Column items)
    {
        if (items.Length == 0)
        {
            // Nothing can have been chosen of nothing.
            using ColumnBuilder nulls = ColumnBuilder.Create(items.Type, _items.Length);
            for (int i = 0; i < _items.Length; i++)
            {
                nulls.AppendNull();
            }

            return nulls.Build();
        }

        using Column taken = Millrace.Columnar.Take.Rows(items, _items.Values);
        using Column valid = _valid.Build();
        return taken.WithNulls(((BooleanColumn)valid).Values);
    }

    public void Dispose()
    {
        _items.Dispose();
        _valid.Dispose();
    }
}
