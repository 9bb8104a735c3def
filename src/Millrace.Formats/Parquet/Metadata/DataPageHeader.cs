namespace Millrace.Formats.Parquet;

/// <summary>Header of a data page of version 1.</summary>
public sealed class DataPageHeader : IThriftStruct<DataPageHeader>
{
    /// <summary>With nulls.</summary>
    public int ValueCount { get; set; }

    public ParquetEncoding Encoding { get; set; }

    public ParquetEncoding DefinitionEncoding { get; set; }

    public ParquetEncoding RepetitionEncoding { get; set; }

    public ColumnStatistics? Statistics { get; set; }

    public static DataPageHeader Read(ref ThriftReader reader)
    {
        var value = new DataPageHeader();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.ValueCount = reader.I32();
                    break;
                case 2:
                    value.Encoding = reader.Enum<ParquetEncoding>();
                    break;
                case 3:
                    value.DefinitionEncoding = reader.Enum<ParquetEncoding>();
                    break;
                case 4:
                    value.RepetitionEncoding = reader.Enum<ParquetEncoding>();
                    break;
                case 5:
                    value.Statistics = reader.Struct<ColumnStatistics>();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(4, "a data page header");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.I32(1, ValueCount);
        writer.Enum<ParquetEncoding>(2, Encoding);
        writer.Enum<ParquetEncoding>(3, DefinitionEncoding);
        writer.Enum<ParquetEncoding>(4, RepetitionEncoding);
        writer.Struct(5, Statistics);
    }
}
