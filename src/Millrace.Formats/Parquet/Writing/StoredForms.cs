using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

internal readonly struct AsIs<T> : IStoredForm<T, T>
{
    public static T Store(T value) => value;
}

internal readonly struct SByteForm : IStoredForm<sbyte, int>
{
    public static int Store(sbyte value) => value;
}

internal readonly struct ShortForm : IStoredForm<short, int>
{
    public static int Store(short value) => value;
}

internal readonly struct ByteForm : IStoredForm<byte, int>
{
    public static int Store(byte value) => value;
}

internal readonly struct UShortForm : IStoredForm<ushort, int>
{
    public static int Store(ushort value) => value;
}

/// <summary>Milliseconds of the day, which always fit.</summary>
internal readonly struct TimeForm : IStoredForm<long, int>
{
    public static int Store(long value) => (int)value;
}

internal readonly struct TimeOfSecondsForm : IStoredForm<long, int>
{
    public static int Store(long value) => (int)(value * 1000);
}

internal readonly struct TimestampOfSecondsForm : IStoredForm<long, long>
{
    private const long Limit = long.MaxValue / 1000;

    public static long Store(long value)
        => value is >= -Limit and <= Limit ? value * 1000 : throw ParquetWriteErrors.Seconds(value, DataType.Timestamp(TimeUnit.Second));
}

internal readonly struct SmallDecimalForm : IStoredForm<Int128, int>
{
    public static int Store(Int128 value)
    {
        int stored = (int)(long)value;
        return stored == value ? stored : throw ParquetWriteErrors.Decimal(value, DataType.Decimal(9, 0));
    }
}

internal readonly struct DecimalForm : IStoredForm<Int128, long>
{
    public static long Store(Int128 value)
    {
        long stored = (long)value;
        return stored == value ? stored : throw ParquetWriteErrors.Decimal(value, DataType.Decimal(18, 0));
    }
}
