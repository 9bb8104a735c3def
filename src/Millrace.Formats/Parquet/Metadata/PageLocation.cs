namespace Millrace.Formats.Parquet;

/// <summary>Where a data page lies.</summary>
public sealed class PageLocation : IThriftStruct<PageLocation>
{
    public long Offset { get; set; }

    /// <summary>Bytes with the header.</summary>
    public int CompressedSize { get; set; }

    /// <summary>Within the row group.</summary>
    public long FirstRow { get; set; }

    public static PageLocation Read(ref ThriftReader reader)
    {
        var value = new PageLocation();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.Offset = reader.I64();
                    break;
                case 2:
                    value.CompressedSize = reader.I32();
                    break;
                case 3:
                    value.FirstRow = reader.I64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(3, "a page location");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.I64(1, Offset);
        writer.I32(2, CompressedSize);
        writer.I64(3, FirstRow);
    }
}
