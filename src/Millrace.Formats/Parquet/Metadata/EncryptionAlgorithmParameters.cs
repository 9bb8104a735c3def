namespace Millrace.Formats.Parquet;

/// <summary>Parameters of an encryption algorithm.</summary>
public sealed class EncryptionAlgorithmParameters : IThriftStruct<EncryptionAlgorithmParameters>
{
    public byte[]? AadPrefix { get; set; }

    public byte[]? AadFileUnique { get; set; }

    public bool? SupplyAadPrefix { get; set; }

    public static EncryptionAlgorithmParameters Read(ref ThriftReader reader)
    {
        var value = new EncryptionAlgorithmParameters();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.AadPrefix = reader.Binary();
                    break;
                case 2:
                    value.AadFileUnique = reader.Binary();
                    break;
                case 3:
                    value.SupplyAadPrefix = reader.Bool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Binary(1, AadPrefix);
        writer.Binary(2, AadFileUnique);
        writer.Bool(3, SupplyAadPrefix);
    }
}
