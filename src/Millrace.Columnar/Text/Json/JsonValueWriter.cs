namespace Millrace.Columnar;

/// <summary>
/// Writes the values of one column, or of a part of a nested one, as JSON. Bound to the column of each batch in turn, which
/// it borrows. One thread at a time uses it.
/// </summary>
public abstract class JsonValueWriter
{
    private Bitmap _validity;

    /// <summary>A writer of a column of any type, as <see cref="JsonWriterFactory"/> describes.</summary>
    public static JsonValueWriter Create(Column column)
    {
        JsonValueWriter writer = new JsonWriterFactory().Create(new Field("", column.Type));
        writer.Bind(column);
        return writer;
    }

    /// <summary>Takes the column whose rows are written next; it stays the caller's.</summary>
    public virtual void Bind(Column column) => _validity = column.Validity;

    public bool IsNull(int row) => !_validity[row];

    /// <summary>Appends the value of a row, <c>null</c> where there is none.</summary>
    public void Write(int row, ByteBuffer target)
    {
        if (IsNull(row))
        {
            target.Write("null"u8);
        }
        else
        {
            WriteValue(row, target);
        }
    }

    /// <summary>Appends the value of a row as a string, whatever its type: the key of an object.</summary>
    public void WriteKey(int row, ByteBuffer target)
    {
        if (IsNull(row))
        {
            target.Write("\"null\""u8);
        }
        else
        {
            WriteKeyValue(row, target);
        }
    }

    /// <summary>Appends a value that is not null.</summary>
    public abstract void WriteValue(int row, ByteBuffer target);

    /// <summary>Appends a value that is not null as a string.</summary>
    protected virtual void WriteKeyValue(int row, ByteBuffer target)
    {
        int start = target.Length;
        WriteValue(row, target);
        if (target.Written[start] != (byte)'"')
        {
            byte[] plain = target.Written[start..].ToArray();
            target.Truncate(start);
            JsonString.Write(plain, target);
        }
    }
}

/// <summary>A writer of columns of one class.</summary>
public abstract class JsonValueWriter<TColumn> : JsonValueWriter
    where TColumn : Column
{
    protected TColumn Column { get; private set; } = null!;

    public override void Bind(Column column)
    {
        base.Bind(column);
        Column = (TColumn)column;
    }
}
