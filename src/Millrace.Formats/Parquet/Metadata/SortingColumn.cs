namespace Millrace.Formats.Parquet;

/// <summary>A column that the rows of a row group are sorted by.</summary>
public sealed class SortingColumn : IThriftStruct<SortingColumn>
{
    /// <summary>Number of the leaf.</summary>
    public int ColumnIndex { get; set; }

    public bool Descending { get; set; }

    public bool NullsFirst { get; set; }

    public static SortingColumn Read(ref ThriftReader reader)
    {
        var value = new SortingColumn();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.ColumnIndex = reader.I32();
                    break;
                case 2:
                    value.Descending = reader.Bool();
                    break;
                case 3:
                    value.NullsFirst = reader.Bool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(3, "a sorting column");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.I32(1, ColumnIndex);
        writer.Bool(2, Descending);
        writer.Bool(3, NullsFirst);
    }
}
