using System.Buffers;

namespace Millrace.Connectors.MySql;

/// <summary>One table in a log: what number events of its rows have, and what columns, as the events before them tell (TABLE_MAP_EVENT).</summary>
/// <param name="table">The table.</param>
/// <param name="names">How the server compares names of databases and tables.</param>
internal sealed class MappedTable(TableName table, StringComparison names)
{
    // What was told last, behind the number.
    private readonly ArrayBufferWriter<byte> _told = new();
    private ulong? _number;

    /// <summary>The columns of the rows that come next; null before the log has told.</summary>
    public TableMap? Shape { get; private set; }

    /// <summary>Takes an event about any table.</summary>
    /// <returns>Whether the columns are others from now on.</returns>
    public bool Take(ReadOnlySpan<byte> data, LogFormat format)
    {
        // Every statement has one, and nearly all of them are alike but for the number.
        var bytes = new EventBytes(data);
        ulong number = TableMap.ReadNumber(ref bytes, format);
        ReadOnlySpan<byte> told = data[bytes.At..];
        if (Shape is not null && told.SequenceEqual(_told.WrittenSpan))
        {
            _number = number;
            return false;
        }

        TableName name = TableMap.ReadName(ref bytes);
        if (!table.Is(name.Database, name.Name, names))
        {
            _number = _number == number ? null : _number;
            return false;
        }

        TableMap map = TableMap.ReadColumns(ref bytes, table);
        _told.ResetWrittenCount();
        _told.Write(told);
        _number = number;
        bool isOther = Shape is null || !Shape.IsSame(map);
        Shape = isOther ? map : Shape;
        return isOther;
    }

    /// <summary>Whether an event of rows is of the table.</summary>
    public bool Has(ReadOnlySpan<byte> data, LogFormat format)
    {
        if (_number is null)
        {
            return false;
        }

        var bytes = new EventBytes(data);
        return TableMap.ReadNumber(ref bytes, format) == _number;
    }

    /// <summary>A file begins, for which tables get their numbers anew.</summary>
    public void ForgetNumber() => _number = null;
}
