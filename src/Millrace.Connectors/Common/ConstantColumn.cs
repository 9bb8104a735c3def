using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>One value for every row, null included. Built once and handed out as slices. One thread uses it.</summary>
public sealed class ConstantColumn : IDisposable
{
    private readonly DataType _type;
    private readonly Action<ColumnBuilder> _append;
    private Column? _column;

    /// <param name="type">Type of the value.</param>
    /// <param name="append">Appends the value to a builder of the type.</param>
    public ConstantColumn(DataType type, Action<ColumnBuilder> append)
    {
        _type = type;
        _append = append;
    }

    public static ConstantColumn Null(DataType type) => new(type, static b => b.AppendNull());

    public static ConstantColumn Text(string value) => new(DataType.Utf8, b => ((BinaryBuilder)b).Append(value));

    /// <summary>A column of so many rows, owned by the caller.</summary>
    public Column Rows(int count)
    {
        if (_column is null || _column.Length < count)
        {
            _column?.Dispose();
            _column = null;
            using var builder = ColumnBuilder.Create(_type, count);
            for (int i = 0; i < count; i++)
            {
                _append(builder);
            }

            _column = builder.Build();
        }

        return _column.Slice(0, count);
    }

    public void Dispose()
    {
        _column?.Dispose();
        _column = null;
    }
}
