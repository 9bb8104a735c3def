using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>One conversion into a binary value of known width; a struct, so that each column type gets a loop of its own.</summary>
internal interface IFixedEncode<T>
{
    static abstract int Width { get; }

    static abstract void Encode(T value, Span<byte> target);
}

/// <summary>Values of a fixed width in both layouts.</summary>
internal sealed class FixedEncoder<T, TEncode> : ColumnEncoder
    where T : unmanaged
    where TEncode : struct, IFixedEncode<T>
{
    public override void Measure(Column column, Span<int> sizes)
    {
        if (!column.HasNulls)
        {
            foreach (ref int size in sizes)
            {
                size += LengthBytes + TEncode.Width;
            }

            return;
        }

        Bitmap validity = column.Validity;
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] += validity[i] ? LengthBytes + TEncode.Width : LengthBytes;
        }
    }

    public override void Write(Column column, Span<byte> target, Span<int> places)
    {
        ReadOnlySpan<T> values = ((FixedColumn<T>)column).Values;
        Bitmap validity = column.Validity;
        bool hasNulls = column.HasNulls;
        for (int i = 0; i < places.Length; i++)
        {
            if (hasNulls && !validity[i])
            {
                WriteNull(target, ref places[i]);
                continue;
            }

            Span<byte> slot = target.Slice(places[i], LengthBytes + TEncode.Width);
            BinaryPrimitives.WriteInt32BigEndian(slot, TEncode.Width);
            TEncode.Encode(values[i], slot[LengthBytes..]);
            places[i] += LengthBytes + TEncode.Width;
        }
    }
}

/// <summary>Integers and floats, whose bytes are only in another order.</summary>
internal readonly struct BigEndianEncode<T> : IFixedEncode<T>
    where T : unmanaged
{
    public static int Width => Unsafe.SizeOf<T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Encode(T value, Span<byte> target)
    {
        switch (Unsafe.SizeOf<T>())
        {
            case 2:
                BinaryPrimitives.WriteInt16BigEndian(target, Unsafe.As<T, short>(ref value));
                break;
            case 4:
                BinaryPrimitives.WriteInt32BigEndian(target, Unsafe.As<T, int>(ref value));
                break;
            default:
                BinaryPrimitives.WriteInt64BigEndian(target, Unsafe.As<T, long>(ref value));
                break;
        }
    }
}

/// <summary>Days since 1970-01-01 become days since 2000-01-01. <see cref="ValueChecks"/> has set aside those that do not fit; see <see cref="DateDecode"/> for the infinities.</summary>
internal readonly struct DateEncode : IFixedEncode<int>
{
    public static int Width => 4;

    public static void Encode(int value, Span<byte> target) => BinaryPrimitives.WriteInt32BigEndian(target, value switch
    {
        int.MaxValue => int.MaxValue,
        -int.MaxValue => int.MinValue,
        _ => value - DateDecode.DaysTo2000,
    });
}

/// <summary>Microseconds since 1970-01-01 become microseconds since 2000-01-01.</summary>
internal readonly struct TimestampEncode : IFixedEncode<long>
{
    public static int Width => 8;

    public static void Encode(long value, Span<byte> target) => BinaryPrimitives.WriteInt64BigEndian(target, value switch
    {
        long.MaxValue => long.MaxValue,
        -long.MaxValue => long.MinValue,
        _ => value - TimestampDecode.MicrosecondsTo2000,
    });
}

/// <summary>Microseconds, days and months; nanoseconds below a microsecond are cut off.</summary>
internal readonly struct IntervalEncode : IFixedEncode<Interval>
{
    public static int Width => 16;

    public static void Encode(Interval value, Span<byte> target)
    {
        BinaryPrimitives.WriteInt64BigEndian(target, value.Nanoseconds / 1000);
        BinaryPrimitives.WriteInt32BigEndian(target[8..], value.Days);
        BinaryPrimitives.WriteInt32BigEndian(target[12..], value.Months);
    }
}

internal sealed class BooleanEncoder : ColumnEncoder
{
    public override void Measure(Column column, Span<int> sizes)
    {
        Bitmap validity = column.Validity;
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] += validity[i] ? LengthBytes + 1 : LengthBytes;
        }
    }

    public override void Write(Column column, Span<byte> target, Span<int> places)
    {
        Bitmap values = ((BooleanColumn)column).Values;
        Bitmap validity = column.Validity;
        for (int i = 0; i < places.Length; i++)
        {
            if (!validity[i])
            {
                WriteNull(target, ref places[i]);
                continue;
            }

            BinaryPrimitives.WriteInt32BigEndian(target[places[i]..], 1);
            target[places[i] + LengthBytes] = values[i] ? (byte)1 : (byte)0;
            places[i] += LengthBytes + 1;
        }
    }
}
