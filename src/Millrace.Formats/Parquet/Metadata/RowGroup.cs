namespace Millrace.Formats.Parquet;

/// <summary>Rows that are stored together, a chunk per leaf.</summary>
public sealed class RowGroup : IThriftStruct<RowGroup>
{
    public List<ColumnChunk> Columns { get; set; } = [];

    /// <summary>Bytes of the chunks before compression.</summary>
    public long TotalByteSize { get; set; }

    public long RowCount { get; set; }

    public List<SortingColumn>? SortingColumns { get; set; }

    public long? FileOffset { get; set; }

    public long? TotalCompressedSize { get; set; }

    public short? Ordinal { get; set; }

    public static RowGroup Read(ref ThriftReader reader)
    {
        var value = new RowGroup();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.Columns = reader.Structs<ColumnChunk>();
                    break;
                case 2:
                    value.TotalByteSize = reader.I64();
                    break;
                case 3:
                    value.RowCount = reader.I64();
                    break;
                case 4:
                    value.SortingColumns = reader.Structs<SortingColumn>();
                    break;
                case 5:
                    value.FileOffset = reader.I64();
                    break;
                case 6:
                    value.TotalCompressedSize = reader.I64();
                    break;
                case 7:
                    value.Ordinal = reader.I16();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(3, "a row group");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Structs(1, Columns);
        writer.I64(2, TotalByteSize);
        writer.I64(3, RowCount);
        writer.Structs(4, SortingColumns);
        writer.I64(5, FileOffset);
        writer.I64(6, TotalCompressedSize);
        writer.I16(7, Ordinal);
    }
}
