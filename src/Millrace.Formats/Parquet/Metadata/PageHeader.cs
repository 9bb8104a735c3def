namespace Millrace.Formats.Parquet;

/// <summary>Stands before each page.</summary>
public sealed class PageHeader : IThriftStruct<PageHeader>
{
    public PageType Type { get; set; }

    /// <summary>Without the header; of version 2 with the levels.</summary>
    public int UncompressedSize { get; set; }

    public int CompressedSize { get; set; }

    /// <summary>CRC-32 of the page as it is in the file.</summary>
    public int? Crc { get; set; }

    public DataPageHeader? DataPage { get; set; }

    public DictionaryPageHeader? DictionaryPage { get; set; }

    public DataPageHeaderV2? DataPageV2 { get; set; }

    public static PageHeader Read(ref ThriftReader reader)
    {
        var value = new PageHeader();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.Type = reader.Enum<PageType>();
                    break;
                case 2:
                    value.UncompressedSize = reader.I32();
                    break;
                case 3:
                    value.CompressedSize = reader.I32();
                    break;
                case 4:
                    value.Crc = reader.I32();
                    break;
                case 5:
                    value.DataPage = reader.Struct<DataPageHeader>();
                    break;
                case 7:
                    value.DictionaryPage = reader.Struct<DictionaryPageHeader>();
                    break;
                case 8:
                    value.DataPageV2 = reader.Struct<DataPageHeaderV2>();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(3, "a page header");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Enum<PageType>(1, Type);
        writer.I32(2, UncompressedSize);
        writer.I32(3, CompressedSize);
        writer.I32(4, Crc);
        writer.Struct(5, DataPage);
        writer.Struct(7, DictionaryPage);
        writer.Struct(8, DataPageV2);
    }
}
