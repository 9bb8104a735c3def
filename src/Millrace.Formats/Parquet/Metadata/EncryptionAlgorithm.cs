namespace Millrace.Formats.Parquet;

/// <summary>The algorithm that modules of the file are encrypted with: one of the members.</summary>
public sealed class EncryptionAlgorithm : IThriftStruct<EncryptionAlgorithm>
{
    public EncryptionAlgorithmParameters? AesGcm { get; set; }

    public EncryptionAlgorithmParameters? AesGcmCtr { get; set; }

    public static EncryptionAlgorithm Read(ref ThriftReader reader)
    {
        var value = new EncryptionAlgorithm();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.AesGcm = reader.Struct<EncryptionAlgorithmParameters>();
                    break;
                case 2:
                    value.AesGcmCtr = reader.Struct<EncryptionAlgorithmParameters>();
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
        writer.Struct(1, AesGcm);
        writer.Struct(2, AesGcmCtr);
    }
}
