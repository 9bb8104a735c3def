namespace Millrace.Formats.Parquet;

/// <summary>Marks a column chunk as encrypted, with the key of the footer or one of its own.</summary>
public sealed class ColumnCryptoMetadata : IThriftStruct<ColumnCryptoMetadata>
{
    public bool UsesFooterKey { get; set; }

    public ColumnKey? ColumnKey { get; set; }

    public static ColumnCryptoMetadata Read(ref ThriftReader reader)
    {
        var value = new ColumnCryptoMetadata();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.UsesFooterKey = true;
                    reader.Empty();
                    break;
                case 2:
                    value.ColumnKey = reader.Struct<ColumnKey>();
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
        if (UsesFooterKey)
        {
            writer.Empty(1);
        }

        writer.Struct(2, ColumnKey);
    }
}
