namespace Millrace.Formats.Parquet;

/// <summary>Header of a data page of version 2: levels are never compressed and pages start with a row.</summary>
public sealed class DataPageHeaderV2 : IThriftStruct<DataPageHeaderV2>
{
    /// <summary>With nulls.</summary>
    public int ValueCount { get; set; }

    public int NullCount { get; set; }

    public int RowCount { get; set; }

    public ParquetEncoding Encoding { get; set; }

    /// <summary>Bytes of the definition levels.</summary>
    public int DefinitionLength { get; set; }

    /// <summary>Bytes of the repetition levels.</summary>
    public int RepetitionLength { get; set; }

    /// <summary>Absent means true.</summary>
    public bool? IsCompressed { get; set; }

    public ColumnStatistics? Statistics { get; set; }

    public static DataPageHeaderV2 Read(ref ThriftReader reader)
    {
        var value = new DataPageHeaderV2();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.ValueCount = reader.I32();
                    break;
                case 2:
                    value.NullCount = reader.I32();
                    break;
                case 3:
                    value.RowCount = reader.I32();
                    break;
                case 4:
                    value.Encoding = reader.Enum<ParquetEncoding>();
                    break;
                case 5:
                    value.DefinitionLength = reader.I32();
                    break;
                case 6:
                    value.RepetitionLength = reader.I32();
                    break;
                case 7:
                    value.IsCompressed = reader.Bool();
                    break;
                case 8:
                    value.Statistics = reader.Struct<ColumnStatistics>();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(6, "a data page header of version 2");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.I32(1, ValueCount);
        writer.I32(2, NullCount);
        writer.I32(3, RowCount);
        writer.Enum<ParquetEncoding>(4, Encoding);
        writer.I32(5, DefinitionLength);
        writer.I32(6, RepetitionLength);
        writer.Bool(7, IsCompressed);
        writer.Struct(8, Statistics);
    }
}
