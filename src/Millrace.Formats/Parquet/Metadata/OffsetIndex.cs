namespace Millrace.Formats.Parquet;

/// <summary>Where the data pages of a chunk lie.</summary>
public sealed class OffsetIndex : IThriftStruct<OffsetIndex>
{
    public List<PageLocation> Pages { get; set; } = [];

    public long[]? UnencodedByteArrayBytes { get; set; }

    public static OffsetIndex Read(ref ThriftReader reader)
    {
        var value = new OffsetIndex();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.Pages = reader.Structs<PageLocation>();
                    break;
                case 2:
                    value.UnencodedByteArrayBytes = reader.Longs();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(1, "an offset index");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Structs(1, Pages);
        writer.Longs(2, UnencodedByteArrayBytes);
    }
}
