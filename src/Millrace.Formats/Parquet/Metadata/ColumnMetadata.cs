namespace Millrace.Formats.Parquet;

/// <summary>Where a column chunk lies and what it holds.</summary>
public sealed class ColumnMetadata : IThriftStruct<ColumnMetadata>
{
    public PhysicalType Type { get; set; }

    public List<ParquetEncoding> Encodings { get; set; } = [];

    public List<string> Path { get; set; } = [];

    public CompressionCodec Codec { get; set; }

    /// <summary>Values with nulls and the entries for empty lists.</summary>
    public long ValueCount { get; set; }

    /// <summary>Bytes of all pages with their headers, before compression.</summary>
    public long UncompressedSize { get; set; }

    /// <summary>Bytes of all pages with their headers, in the file.</summary>
    public long CompressedSize { get; set; }

    public List<KeyValue>? KeyValues { get; set; }

    public long DataPageOffset { get; set; }

    public long? IndexPageOffset { get; set; }

    public long? DictionaryPageOffset { get; set; }

    public ColumnStatistics? Statistics { get; set; }

    public List<PageEncodingStatistics>? EncodingStatistics { get; set; }

    public long? BloomFilterOffset { get; set; }

    public int? BloomFilterLength { get; set; }

    public SizeStatistics? SizeStatistics { get; set; }

    public GeospatialStatistics? GeospatialStatistics { get; set; }

    public static ColumnMetadata Read(ref ThriftReader reader)
    {
        var value = new ColumnMetadata();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id)
            {
                case 1:
                    value.Type = reader.Enum<PhysicalType>();
                    break;
                case 2:
                    value.Encodings = reader.Enums<ParquetEncoding>();
                    break;
                case 3:
                    value.Path = reader.Strings();
                    break;
                case 4:
                    value.Codec = reader.Enum<CompressionCodec>();
                    break;
                case 5:
                    value.ValueCount = reader.I64();
                    break;
                case 6:
                    value.UncompressedSize = reader.I64();
                    break;
                case 7:
                    value.CompressedSize = reader.I64();
                    break;
                case 8:
                    value.KeyValues = reader.Structs<KeyValue>();
                    break;
                case 9:
                    value.DataPageOffset = reader.I64();
                    break;
                case 10:
                    value.IndexPageOffset = reader.I64();
                    break;
                case 11:
                    value.DictionaryPageOffset = reader.I64();
                    break;
                case 12:
                    value.Statistics = reader.Struct<ColumnStatistics>();
                    break;
                case 13:
                    value.EncodingStatistics = reader.Structs<PageEncodingStatistics>();
                    break;
                case 14:
                    value.BloomFilterOffset = reader.I64();
                    break;
                case 15:
                    value.BloomFilterLength = reader.I32();
                    break;
                case 16:
                    value.SizeStatistics = reader.Struct<SizeStatistics>();
                    break;
                case 17:
                    value.GeospatialStatistics = reader.Struct<GeospatialStatistics>();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        fields.Require("the metadata of a column", 1, 2, 3, 4, 5, 6, 7, 9);
        return value;
    }

    public void Write(ThriftWriter writer)
    {
        writer.Enum<PhysicalType>(1, Type);
        writer.Enums(2, Encodings);
        writer.Strings(3, Path);
        writer.Enum<CompressionCodec>(4, Codec);
        writer.I64(5, ValueCount);
        writer.I64(6, UncompressedSize);
        writer.I64(7, CompressedSize);
        writer.Structs(8, KeyValues);
        writer.I64(9, DataPageOffset);
        writer.I64(10, IndexPageOffset);
        writer.I64(11, DictionaryPageOffset);
        writer.Struct(12, Statistics);
        writer.Structs(13, EncodingStatistics);
        writer.I64(14, BloomFilterOffset);
        writer.I32(15, BloomFilterLength);
        writer.Struct(16, SizeStatistics);
        writer.Struct(17, GeospatialStatistics);
    }
}
