using System.Globalization;
using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Files;

/// <summary>The value itself.</summary>
internal readonly struct IdentityKey(DataType type) : IPartitionKey
{
    public long KeyOf(long value) => value;

    public string TextOf(long key)
    {
        Span<byte> text = stackalloc byte[64];
        return type.Id switch
        {
            TypeId.Boolean => key == 0 ? "false" : "true",
            TypeId.UInt64 => ((ulong)key).ToString(CultureInfo.InvariantCulture),
            TypeId.Decimal => Encoding.UTF8.GetString(text[..DecimalText.Format(key, type.Scale, text)]),
            TypeId.Date => Encoding.UTF8.GetString(text[..DateText.Format((int)key, text)]),
            TypeId.Time => Encoding.UTF8.GetString(text[..TimeText.Format(key, type.Unit, text)]),
            TypeId.Timestamp => Encoding.UTF8.GetString(text[..TimestampText.Format(key, type.Unit, type.TimeZone is not null, text, (byte)' ')]),
            _ => key.ToString(CultureInfo.InvariantCulture),
        };
    }
}

/// <summary>A number of months since 1970: <c>2024-03</c>, or <c>2024</c> for twelve.</summary>
internal readonly struct MonthKey(DataType type, int months) : IPartitionKey
{
    public const int MonthsPerYear = 12;

    private readonly long _perDay = SpanKey.PerHour(type) * SpanKey.HoursPerDay;

    public long KeyOf(long value)
    {
        long days = type.Id == TypeId.Date ? value : FloorMath.Divide(value, _perDay);
        (int year, int month, int _) = Columnar.Calendar.FromDays(days);
        return FloorMath.Divide(((long)year * MonthsPerYear) + month - 1, months);
    }

    public string TextOf(long key) => months == MonthsPerYear
        ? key.ToString("0000", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{FloorMath.Divide(key, MonthsPerYear):0000}-{FloorMath.Modulo(key, MonthsPerYear) + 1:00}");
}

/// <summary>A number of hours since 1970: <c>2024-03-05-14</c>, or <c>2024-03-05</c> for twenty-four.</summary>
internal readonly struct SpanKey(DataType type, int hours) : IPartitionKey
{
    public const int HoursPerDay = 24;

    private readonly long _units = PerHour(type) * hours;

    /// <summary>Units of a timestamp in an hour.</summary>
    public static long PerHour(DataType type) => type.Unit.PerSecond() * 3600;

    public long KeyOf(long value) => type.Id == TypeId.Date ? value : FloorMath.Divide(value, _units);

    public string TextOf(long key)
    {
        Span<byte> text = stackalloc byte[64];
        string day = Encoding.UTF8.GetString(text[..DateText.Format((int)FloorMath.Divide(key, HoursPerDay / hours), text)]);
        return hours == HoursPerDay ? day : string.Create(CultureInfo.InvariantCulture, $"{day}-{FloorMath.Modulo(key, HoursPerDay):00}");
    }
}

/// <summary>Iceberg's bucket: a hash, modulo the number of buckets (Iceberg specification, appendix B).</summary>
internal readonly struct BucketKey(DataType type, int buckets) : IPartitionKey
{
    public long KeyOf(long value)
    {
        if (type.Id == TypeId.Decimal)
        {
            return BucketOf(Murmur3.HashDecimal(value), buckets);
        }

        // Times are hashed in microseconds, whatever their unit.
        long hashed = type.Id is TypeId.Timestamp or TypeId.Time
            ? type.Unit > TimeUnit.Microsecond ? FloorMath.Divide(value, 1000) : value * (TimeUnit.Microsecond.PerSecond() / type.Unit.PerSecond())
            : value;
        return BucketOf(Murmur3.Hash(hashed), buckets);
    }

    public string TextOf(long key) => key.ToString(CultureInfo.InvariantCulture);

    public static int BucketOf(int hash, int buckets) => (hash & int.MaxValue) % buckets;
}

/// <summary>The greatest multiple of a width that is not greater than the value; for decimals of the unscaled value.</summary>
internal readonly struct TruncateKey(DataType type, int width) : IPartitionKey
{
    public long KeyOf(long value) => value - FloorMath.Modulo(value, width);

    public string TextOf(long key) => new IdentityKey(type).TextOf(key);
}
