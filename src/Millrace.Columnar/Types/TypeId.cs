namespace Millrace.Columnar;

/// <summary>The logical types. What each one is made of stands in <see cref="TypeTable"/>, and only there.</summary>
public enum TypeId : byte
{
    Boolean,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float32,
    Float64,

    /// <summary>Exact decimal of up to 38 digits: a scaled <see cref="Int128"/>.</summary>
    Decimal,
    Utf8,
    Binary,
    FixedBinary,

    /// <summary>JSON text, UTF-8.</summary>
    Json,

    /// <summary>16 bytes in the order in which a UUID is written (RFC 9562).</summary>
    Uuid,

    /// <summary>Days since 1970-01-01, <see cref="int"/>.</summary>
    Date,

    /// <summary>Time of day since midnight, <see cref="long"/> in the type's unit.</summary>
    Time,

    /// <summary>
    /// <see cref="long"/> in the type's unit since 1970-01-01T00:00:00. With a zone it is an instant (UTC based);
    /// without one it is wall-clock time.
    /// </summary>
    Timestamp,

    /// <summary>Months, days and nanoseconds: <see cref="Interval"/>.</summary>
    Interval,
    List,
    Struct,

    /// <summary>A list of (key, value) entries. Keys are never null.</summary>
    Map,

    /// <summary><see cref="int"/> indices into a column of distinct values.</summary>
    Dictionary,
}

/// <summary>How a column of a type lies in memory; the Arrow layouts of the same names.</summary>
public enum TypeLayout : byte
{
    /// <summary>One bit a row.</summary>
    Bit,

    /// <summary>A fixed number of bytes a row.</summary>
    Fixed,

    /// <summary>Length + 1 int offsets and a byte buffer.</summary>
    VarBinary,

    /// <summary>Length + 1 int offsets and a child column.</summary>
    List,

    /// <summary>A child column per field, each as long as the struct column.</summary>
    Struct,

    /// <summary>An int per row and a child column of values.</summary>
    Dictionary,
}

/// <summary>Resolution of times and timestamps.</summary>
public enum TimeUnit : byte
{
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

/// <summary>What follows from a unit of time.</summary>
public static class TimeUnitExtensions
{
    /// <summary>How many of the unit make a second.</summary>
    public static long PerSecond(this TimeUnit unit) => unit switch
    {
        TimeUnit.Second => 1,
        TimeUnit.Millisecond => 1_000,
        TimeUnit.Microsecond => 1_000_000,
        _ => 1_000_000_000,
    };

    /// <summary>Digits after the decimal point of a second: 0, 3, 6 or 9.</summary>
    public static int Digits(this TimeUnit unit) => (int)unit * 3;
}
