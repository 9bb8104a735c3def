namespace Millrace.Formats.Parquet;

/// <summary>Stands before an encrypted footer.</summary>
public sealed class FileCryptoMetadata : IThriftStruct<FileCryptoMetadata>
{
    public EncryptionAlgorithm Algorithm { get; set; } = new();

    public byte[]? KeyMetadata { get; set; }

    public static FileCryptoMetadata Read(ref ThriftReader reader)
    {
        var value = new FileCryptoMetadata();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.Algorithm = reader.Struct<EncryptionAlgorithm>();
                    break;
                case 2:
                    value.KeyMetadata = reader.Binary();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(1, "file crypto metadata");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Struct(1, Algorithm);
        writer.Binary(2, KeyMetadata);
    }
}
