using System.Diagnostics;

namespace Millrace.Columnar;

/// <summary>
/// Rows as columns of equal length. The batch owns one reference to each column and gives them back when it is disposed;
/// whoever is handed a batch as a result owns it, whoever is handed one as an argument borrows it.
/// </summary>
public sealed class RecordBatch : IDisposable
{
    /// <summary>Rows a batch is aimed at: large enough to spread the cost of a call, small enough for the caches.</summary>
    public const int DefaultRows = 4096;

    private readonly Column[] _columns;

    /// <summary>Takes over the caller's references to the columns.</summary>
    public RecordBatch(Schema schema, int length, params Column[] columns)
    {
        Debug.Assert(schema.Count == columns.Length, "A column per field.");
        Debug.Assert(Array.TrueForAll(columns, c => c.Length == length), "Columns of equal length.");
        Schema = schema;
        Length = length;
        _columns = columns;
    }

    public Schema Schema { get; }

    /// <summary>Rows.</summary>
    public int Length { get; }

    /// <summary>Borrowed; they live as long as the batch.</summary>
    public IReadOnlyList<Column> Columns => _columns;

    public Column this[int column] => _columns[column];

    public Column this[string column] => _columns[Schema.Require(column)];

    public long ByteSize => _columns.Sum(c => c.ByteSize);

    /// <summary>The same rows with one more owner each.</summary>
    public RecordBatch Share() => new(Schema, Length, Array.ConvertAll(_columns, c => c.Share()));

    /// <summary>A view of some rows; it copies nothing.</summary>
    public RecordBatch Slice(int start, int length) => new(Schema, length, Array.ConvertAll(_columns, c => c.Slice(start, length)));

    /// <summary>Some of the columns, in the order given; it copies nothing.</summary>
    public RecordBatch Select(ReadOnlySpan<int> columns)
    {
        var selected = new Column[columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            selected[i] = _columns[columns[i]].Share();
        }

        return new RecordBatch(Schema.Select(columns), Length, selected);
    }

    public void Dispose()
    {
        foreach (Column column in _columns)
        {
            column.Dispose();
        }
    }
}
