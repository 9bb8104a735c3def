namespace Millrace.Columnar;

/// <summary>Single rows as JSON objects, for rows that leave the columns: bad ones, those of previews.</summary>
public static class JsonRow
{
    /// <summary>The bytes of a row. The columns are borrowed.</summary>
    public static byte[] Of(Schema schema, IReadOnlyList<Column> columns, int row)
    {
        using var whole = new StructColumn(DataType.Struct(schema.Fields), 1, [.. columns.Select((c, i) => Value(c, row, schema[i].Type))]);
        using var text = new ByteBuffer();
        JsonValueWriter.Create(whole).Write(0, text);
        return text.Written.ToArray();
    }

    private static Column Value(Column column, int row, DataType type)
    {
        using Column value = column.Slice(row, 1);
        return Dictionaries.Decode(value, type);
    }
}
