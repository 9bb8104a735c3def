namespace Millrace.Formats.Parquet;

/// <summary>The footer of a file.</summary>
public sealed class FileMetadata : IThriftStruct<FileMetadata>
{
    public int Version { get; set; }

    public List<SchemaElement> Schema { get; set; } = [];

    public long RowCount { get; set; }

    public List<RowGroup> RowGroups { get; set; } = [];

    public List<KeyValue>? KeyValues { get; set; }

    public string? CreatedBy { get; set; }

    /// <summary>How bounds of each leaf compare; without it only the legacy bounds have an order.</summary>
    public List<ConstantUnion>? ColumnOrders { get; set; }

    /// <summary>Set when columns of a readable footer are encrypted.</summary>
    public EncryptionAlgorithm? Encryption { get; set; }

    public byte[]? FooterSigningKey { get; set; }

    public static FileMetadata Read(ref ThriftReader reader)
    {
        var value = new FileMetadata();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.Version = reader.I32();
                    break;
                case 2:
                    value.Schema = reader.Structs<SchemaElement>();
                    break;
                case 3:
                    value.RowCount = reader.I64();
                    break;
                case 4:
                    value.RowGroups = reader.Structs<RowGroup>();
                    break;
                case 5:
                    value.KeyValues = reader.Structs<KeyValue>();
                    break;
                case 6:
                    value.CreatedBy = reader.String();
                    break;
                case 7:
                    value.ColumnOrders = reader.Structs<ConstantUnion>();
                    break;
                case 8:
                    value.Encryption = reader.Struct<EncryptionAlgorithm>();
                    break;
                case 9:
                    value.FooterSigningKey = reader.Binary();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.RequireUpTo(4, "the footer");
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.I32(1, Version);
        writer.Structs(2, Schema);
        writer.I64(3, RowCount);
        writer.Structs(4, RowGroups);
        writer.Structs(5, KeyValues);
        writer.String(6, CreatedBy);
        writer.Structs(7, ColumnOrders);
        writer.Struct(8, Encryption);
        writer.Binary(9, FooterSigningKey);
    }
}
