namespace Millrace.Formats.Parquet;

/// <summary>How the values of a leaf are stored.</summary>
public enum PhysicalType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,

    /// <summary>Deprecated timestamp: nanoseconds of the day (8 bytes), Julian day number (4 bytes).</summary>
    Int96 = 3,
    Float = 4,
    Double = 5,
    ByteArray = 6,
    FixedLenByteArray = 7,
}

/// <summary>Meaning of a leaf or group before <see cref="LogicalType"/> existed; still written for old readers.</summary>
public enum ConvertedType
{
    Utf8 = 0,
    Map = 1,
    MapKeyValue = 2,
    List = 3,
    Enum = 4,
    Decimal = 5,
    Date = 6,
    TimeMillis = 7,
    TimeMicros = 8,
    TimestampMillis = 9,
    TimestampMicros = 10,
    UInt8 = 11,
    UInt16 = 12,
    UInt32 = 13,
    UInt64 = 14,
    Int8 = 15,
    Int16 = 16,
    Int32 = 17,
    Int64 = 18,
    Json = 19,
    Bson = 20,
    Interval = 21,
}

/// <summary>How often a field occurs in its parent. Numbers are those of parquet.thrift, as in all of this file.</summary>
public enum Repetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}

/// <summary>How the values or levels of a page are encoded.</summary>
public enum ParquetEncoding
{
    Plain = 0,

    /// <summary>Deprecated name of <see cref="Plain"/> in dictionary pages and of <see cref="RleDictionary"/> in data pages.</summary>
    PlainDictionary = 2,
    Rle = 3,

    /// <summary>Deprecated encoding of levels, packed from the highest bit.</summary>
    BitPacked = 4,
    DeltaBinaryPacked = 5,
    DeltaLengthByteArray = 6,
    DeltaByteArray = 7,
    RleDictionary = 8,
    ByteStreamSplit = 9,
}

/// <summary>How the pages of a column chunk are compressed.</summary>
public enum CompressionCodec
{
    Uncompressed = 0,
    Snappy = 1,
    Gzip = 2,
    Lzo = 3,
    Brotli = 4,

    /// <summary>Deprecated: LZ4 in Hadoop's framing.</summary>
    Lz4 = 5,
    Zstd = 6,
    Lz4Raw = 7,
}

/// <summary>What a page holds; data pages come in two layouts.</summary>
public enum PageType
{
    DataPage = 0,
    IndexPage = 1,
    DictionaryPage = 2,
    DataPageV2 = 3,
}

/// <summary>Whether the bounds of the pages of a chunk are sorted, so that they can be searched.</summary>
public enum BoundaryOrder
{
    Unordered = 0,
    Ascending = 1,
    Descending = 2,
}
