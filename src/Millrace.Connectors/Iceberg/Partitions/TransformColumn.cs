using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Iceberg;

/// <summary>Partition transforms over whole columns (specification, "Partition Transforms"). Nulls stay null.</summary>
public static class TransformColumn
{
    private const int MonthsPerYear = 12;
    private const int HoursPerDay = 24;

    /// <summary>The transform's value of every row; the caller owns the column.</summary>
    /// <param name="transform">One that takes the type.</param>
    /// <param name="source">The column as a table has it: whole numbers of 32 or 64 bits, times in microseconds. Borrowed.</param>
    public static Column Apply(Transform transform, Column source) => transform.Kind switch
    {
        TransformKind.Identity => source.Share(),
        TransformKind.Void => ColumnValue.Nulls(source.Type, source.Length),
        TransformKind.Bucket => Bucket(source, transform.Width),
        TransformKind.Truncate => Truncate(source, transform.Width),
        TransformKind.Year => Map<int, Months>(source, DataType.Int32, new Months(source.Type, MonthsPerYear)),
        TransformKind.Month => Map<int, Months>(source, DataType.Int32, new Months(source.Type, 1)),
        TransformKind.Day => Map<int, Spans>(source, DataType.Date, new Spans(source.Type, HoursPerDay)),
        TransformKind.Hour => Map<int, Spans>(source, DataType.Int32, new Spans(source.Type, 1)),
        _ => throw IcebergErrors.Unsupported($"The transform '{transform}' is not known, so nothing can be written with it"),
    };

    /// <summary>The transform of a value; the result is null for null, and for <see cref="TransformKind.Void"/>.</summary>
    public static object? Apply(Transform transform, DataType type, object? value)
    {
        using Column column = ColumnValue.Repeat(type, value, 1);
        using Column result = Apply(transform, column);
        return ColumnValue.Read(result, 0);
    }

    private static Column Bucket(Column source, int buckets)
    {
        using var builder = new FixedBuilder<int>(DataType.Int32, source.Length);
        Span<int> target = builder.AppendUninitialized(source.Length);
        switch (source)
        {
            case FixedColumn<int> c:
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = BucketOf(Murmur3.Hash((long)c.Values[i]), buckets);
                }

                break;
            case FixedColumn<long> c:
                // Nanoseconds are hashed as the microseconds they are in.
                long unit = c.Type.Unit == TimeUnit.Nanosecond ? 1000 : 1;
                ReadOnlySpan<long> longs = c.Values;
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = BucketOf(Murmur3.Hash(unit == 1 ? longs[i] : FloorMath.Divide(longs[i], unit)), buckets);
                }

                break;
            case FixedColumn<Int128> c:
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = BucketOf(Murmur3.HashDecimal(c.Values[i]), buckets);
                }

                break;
            case BinaryColumn c:
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = BucketOf(Murmur3.Hash(c[i]), buckets);
                }

                break;
            case FixedBinaryColumn c:
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] = BucketOf(Murmur3.Hash(c[i]), buckets);
                }

                break;
            default:
                throw NotFor(TransformKind.Bucket, source);
        }

        using Column column = builder.Build();
        return column.WithNulls(source.Validity);
    }

    private static Column Truncate(Column source, int width)
    {
        switch (source)
        {
            case FixedColumn<int>:
                return Map<int, Multiples>(source, source.Type, new Multiples(width));
            case FixedColumn<long>:
                return Map<long, Multiples>(source, source.Type, new Multiples(width));
            case FixedColumn<Int128> c:
                using (var builder = new FixedBuilder<Int128>(c.Type, c.Length))
                {
                    Span<Int128> target = builder.AppendUninitialized(c.Length);
                    for (int i = 0; i < target.Length; i++)
                    {
                        Int128 rest = c.Values[i] % width;
                        target[i] = c.Values[i] - (rest < 0 ? rest + width : rest);
                    }

                    using Column column = builder.Build();
                    return column.WithNulls(c.Validity);
                }

            case BinaryColumn c:
                using (var builder = new BinaryBuilder(c.Type, c.Length))
                {
                    for (int i = 0; i < c.Length; i++)
                    {
                        ReadOnlySpan<byte> value = c.IsNull(i) ? [] : c[i];
                        builder.Append(c.Type.IsText ? FirstCharacters(value, width) : value[..Math.Min(width, value.Length)]);
                    }

                    using Column column = builder.Build();
                    return column.WithNulls(c.Validity);
                }

            default:
                throw NotFor(TransformKind.Truncate, source);
        }
    }

    /// <summary>The first so many code points.</summary>
    internal static ReadOnlySpan<byte> FirstCharacters(ReadOnlySpan<byte> text, int count)
    {
        if (text.Length <= count)
        {
            return text;
        }

        int at = 0;
        for (; at < text.Length; at++)
        {
            if ((text[at] & 0xC0) != 0x80 && count-- == 0)
            {
                break;
            }
        }

        return text[..at];
    }

    // A null row's value is any; what comes of it is not seen.
    private static Column Map<T, TMapping>(Column source, DataType result, TMapping mapping)
        where T : unmanaged, System.Numerics.INumberBase<T>
        where TMapping : struct, IMapping
    {
        using var builder = new FixedBuilder<T>(result, source.Length);
        Span<T> target = builder.AppendUninitialized(source.Length);
        if (source is FixedColumn<int> ints)
        {
            ReadOnlySpan<int> values = ints.Values;
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = T.CreateTruncating(mapping.Of(values[i]));
            }
        }
        else
        {
            ReadOnlySpan<long> values = ((FixedColumn<long>)source).Values;
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = T.CreateTruncating(mapping.Of(values[i]));
            }
        }

        using Column column = builder.Build();
        return column.WithNulls(source.Validity);
    }

    private static int BucketOf(int hash, int buckets) => (hash & int.MaxValue) % buckets;

    private static ArgumentException NotFor(TransformKind kind, Column source) => new($"{kind} does not take {source.Type}.");

    private interface IMapping
    {
        long Of(long value);
    }

    /// <summary>Months since 1970-01, or multiples of them.</summary>
    private readonly struct Months(DataType type, int months) : IMapping
    {
        private readonly long _perDay = type.Id == TypeId.Date ? 1 : type.Unit.PerSecond() * 3600 * HoursPerDay;

        public long Of(long value)
        {
            (int year, int month, _) = Calendar.FromDays(FloorMath.Divide(value, _perDay));
            return FloorMath.Divide(((year - 1970L) * MonthsPerYear) + month - 1, months);
        }
    }

    /// <summary>Hours since 1970-01-01T00, or multiples of them.</summary>
    private readonly struct Spans(DataType type, int hours) : IMapping
    {
        private readonly long _units = type.Id == TypeId.Date ? 1 : type.Unit.PerSecond() * 3600 * hours;

        public long Of(long value) => FloorMath.Divide(value, _units);
    }

    /// <summary>The greatest multiple of a width that is not greater.</summary>
    private readonly struct Multiples(int width) : IMapping
    {
        public long Of(long value) => value - FloorMath.Modulo(value, width);
    }
}
