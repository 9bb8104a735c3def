namespace Millrace.Formats.Parquet;

/// <summary>Stands before the bits of a bloom filter. Each of the unions has one member so far; 0 stands for one that is not known.</summary>
public sealed class BloomFilterHeader : IThriftStruct<BloomFilterHeader>
{
    /// <summary>Bytes of the bits that follow.</summary>
    public int ByteCount { get; set; }

    /// <summary>1: split blocks.</summary>
    public short Algorithm { get; set; } = 1;

    /// <summary>1: xxHash64 with seed 0.</summary>
    public short Hash { get; set; } = 1;

    /// <summary>1: not compressed.</summary>
    public short Compression { get; set; } = 1;

    /// <summary>Whether the filter is of the kind that the specification defines.</summary>
    public bool IsKnown => Algorithm == 1 && Hash == 1 && Compression == 1;

    public static BloomFilterHeader Read(ref ThriftReader reader)
    {
        var value = new BloomFilterHeader();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.ByteCount = reader.I32();
                    break;
                case 2:
                    value.Algorithm = reader.Struct<ConstantUnion>().Member;
                    break;
                case 3:
                    value.Hash = reader.Struct<ConstantUnion>().Member;
                    break;
                case 4:
                    value.Compression = reader.Struct<ConstantUnion>().Member;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(4, "a bloom filter header");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.I32(1, ByteCount);
        writer.Struct(2, new ConstantUnion { Member = Algorithm });
        writer.Struct(3, new ConstantUnion { Member = Hash });
        writer.Struct(4, new ConstantUnion { Member = Compression });
    }
}
