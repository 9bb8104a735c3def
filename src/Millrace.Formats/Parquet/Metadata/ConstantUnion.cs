namespace Millrace.Formats.Parquet;

/// <summary>
/// A union whose members are empty structs, so that it says only which one: the order of a column's bounds, the parts of a
/// bloom filter.
/// </summary>
public sealed class ConstantUnion : IThriftStruct<ConstantUnion>
{
    /// <summary>Number of the member, 0 for none. Of a column order, 1 is the order that the type defines.</summary>
    public short Member { get; set; } = 1;

    public static ConstantUnion Read(ref ThriftReader reader)
    {
        var value = new ConstantUnion { Member = 0 };
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            value.Member = fields.Id;
            reader.Skip();
        }

        return value;
    }

    public void Write(ThriftWriter writer)
    {
        if (Member != 0)
        {
            writer.Empty(Member);
        }
    }
}
