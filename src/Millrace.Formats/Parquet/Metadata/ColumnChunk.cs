namespace Millrace.Formats.Parquet;

/// <summary>One column of one row group.</summary>
public sealed class ColumnChunk : IThriftStruct<ColumnChunk>
{
    /// <summary>Another file that holds the chunk; unset nearly everywhere.</summary>
    public string? FilePath { get; set; }

    /// <summary>Deprecated and often 0; the metadata says where the chunk is.</summary>
    public long FileOffset { get; set; }

    /// <summary>Absent when the column is encrypted.</summary>
    public ColumnMetadata? Metadata { get; set; }

    public long? OffsetIndexOffset { get; set; }

    public int? OffsetIndexLength { get; set; }

    public long? ColumnIndexOffset { get; set; }

    public int? ColumnIndexLength { get; set; }

    public ColumnCryptoMetadata? CryptoMetadata { get; set; }

    public byte[]? EncryptedMetadata { get; set; }

    public static ColumnChunk Read(ref ThriftReader reader)
    {
        var value = new ColumnChunk();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.FilePath = reader.String();
                    break;
                case 2:
                    value.FileOffset = reader.I64();
                    break;
                case 3:
                    value.Metadata = reader.Struct<ColumnMetadata>();
                    break;
                case 4:
                    value.OffsetIndexOffset = reader.I64();
                    break;
                case 5:
                    value.OffsetIndexLength = reader.I32();
                    break;
                case 6:
                    value.ColumnIndexOffset = reader.I64();
                    break;
                case 7:
                    value.ColumnIndexLength = reader.I32();
                    break;
                case 8:
                    value.CryptoMetadata = reader.Struct<ColumnCryptoMetadata>();
                    break;
                case 9:
                    value.EncryptedMetadata = reader.Binary();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.Require("a column chunk", 2);
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.String(1, FilePath);
        writer.I64(2, FileOffset);
        writer.Struct(3, Metadata);
        writer.I64(4, OffsetIndexOffset);
        writer.I32(5, OffsetIndexLength);
        writer.I64(6, ColumnIndexOffset);
        writer.I32(7, ColumnIndexLength);
        writer.Struct(8, CryptoMetadata);
        writer.Binary(9, EncryptedMetadata);
    }
}
