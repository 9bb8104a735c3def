namespace Millrace.Formats.Parquet;

/// <summary>Header of a dictionary page.</summary>
public sealed class DictionaryPageHeader : IThriftStruct<DictionaryPageHeader>
{
    public int ValueCount { get; set; }

    public ParquetEncoding Encoding { get; set; }

    public bool? IsSorted { get; set; }

    public static DictionaryPageHeader Read(ref ThriftReader reader)
    {
        var value = new DictionaryPageHeader();
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
                    value.IsSorted = reader.Bool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(2, "a dictionary page header");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.I32(1, ValueCount);
        writer.Enum<ParquetEncoding>(2, Encoding);
        writer.Bool(3, IsSorted);
    }
}
