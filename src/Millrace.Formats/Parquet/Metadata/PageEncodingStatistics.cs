namespace Millrace.Formats.Parquet;

/// <summary>How many pages of a kind have an encoding.</summary>
public sealed class PageEncodingStatistics : IThriftStruct<PageEncodingStatistics>
{
    public PageType PageType { get; set; }

    public ParquetEncoding Encoding { get; set; }

    public int Count { get; set; }

    public static PageEncodingStatistics Read(ref ThriftReader reader)
    {
        var value = new PageEncodingStatistics();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.PageType = reader.Enum<PageType>();
                    break;
                case 2:
                    value.Encoding = reader.Enum<ParquetEncoding>();
                    break;
                case 3:
                    value.Count = reader.I32();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(3, "page encoding statistics");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Enum<PageType>(1, PageType);
        writer.Enum<ParquetEncoding>(2, Encoding);
        writer.I32(3, Count);
    }
}
