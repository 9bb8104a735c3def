namespace Millrace.Formats.Avro;

/// <summary>The types of Avro.</summary>
public enum AvroKind
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Record,
    Enum,
    Array,
    Map,
    Union,
    Fixed,
}

/// <summary>Logical types that have a meaning here; others are kept as properties and otherwise ignored, as the specification asks.</summary>
public enum AvroLogical
{
    None,
    Decimal,
    Uuid,
    Date,
    TimeMillis,
    TimeMicros,
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,
    LocalTimestampMillis,
    LocalTimestampMicros,
    LocalTimestampNanos,
    Duration,

    /// <summary>An array of records of key and value, with which Iceberg writes maps whose keys are not text.</summary>
    Map,
}
