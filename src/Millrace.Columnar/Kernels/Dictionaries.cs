namespace Millrace.Columnar;

/// <summary>
/// Columns that hold indices into a dictionary though their schema has the plain type: an encoding that some sources give and
/// some consumers know how to use. The others decode first.
/// </summary>
public static class Dictionaries
{
    /// <summary>Whether a column is encoded where values of a type are expected.</summary>
    public static bool IsEncoded(Column column, DataType type) => column is DictionaryColumn && type.Id != TypeId.Dictionary;

    /// <summary>The column in its plain form, if a type asks for that; the caller owns it.</summary>
    public static Column Decode(Column column, DataType type) => IsEncoded(column, type) ? Cast.To(column, type).Column : column.Share();

    /// <summary>The batch with all columns in the form that its schema says; the caller owns it.</summary>
    public static RecordBatch Decode(RecordBatch batch)
    {
        Column[] columns = ColumnArrays.Make(batch.Columns.Count, batch, static (b, i) => Decode(b[i], b.Schema[i].Type));
        return new RecordBatch(batch.Schema, batch.Length, columns);
    }

    /// <summary>The same for some of its columns; the others stay as they are.</summary>
    /// <param name="batch">Borrowed.</param>
    /// <param name="which">Says of each column whether it is decoded.</param>
    public static RecordBatch Decode(RecordBatch batch, bool[] which)
    {
        Column[] columns = ColumnArrays.Make(batch.Columns.Count, (batch, which), static (b, i) => b.which[i] ? Decode(b.batch[i], b.batch.Schema[i].Type) : b.batch[i].Share());
        return new RecordBatch(batch.Schema, batch.Length, columns);
    }
}
