using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>One conversion of a binary value of known width; a struct, so that each column type gets a loop of its own.</summary>
internal interface IFixedDecode<T>
{
    /// <summary>Bytes of a value.</summary>
    static abstract int Width { get; }

    /// <summary>Converts the bytes at a place where <see cref="Width"/> bytes are known to be.</summary>
    /// <returns>False for a value that the type cannot hold.</returns>
    static abstract bool TryDecode(ref byte source, out T value);

    /// <summary>The refused value as the server writes it, and what is wrong with it.</summary>
    static abstract (string Text, string Reason) Describe(ReadOnlySpan<byte> source);
}

/// <summary>Values of a fixed width in both layouts.</summary>
internal sealed class FixedDecoder<T, TDecode>(DataType type, int capacity) : ColumnDecoder
    where T : unmanaged
    where TDecode : struct, IFixedDecode<T>
{
    private readonly FixedBuilder<T> _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        int start = _builder.Length;
        Span<T> values = _builder.AppendUninitialized(run.Count);
        ref byte data = ref MemoryMarshal.GetReference(run.Data);
        for (int i = 0; i < values.Length; i++)
        {
            int length = run.Lengths[i];
            values[i] = default;
            if (length == TDecode.Width)
            {
                if (TDecode.TryDecode(ref Unsafe.Add(ref data, run.Starts[i]), out values[i]))
                {
                    continue;
                }

                (string text, string reason) = TDecode.Describe(run[i]);
                bad.Add(i, text, reason);
            }
            else if (length >= 0)
            {
                throw PostgresErrors.WrongLength(Builder.Type, length, TDecode.Width);
            }

            _builder.SetNull(start + i);
        }
    }
}

/// <summary>Integers and floats, whose bytes are only in another order.</summary>
internal readonly struct BigEndian<T> : IFixedDecode<T>
    where T : unmanaged
{
    public static int Width => Unsafe.SizeOf<T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDecode(ref byte source, out T value)
    {
        if (Unsafe.SizeOf<T>() == 2)
        {
            ushort bits = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(ref source));
            value = Unsafe.As<ushort, T>(ref bits);
        }
        else if (Unsafe.SizeOf<T>() == 4)
        {
            uint bits = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(ref source));
            value = Unsafe.As<uint, T>(ref bits);
        }
        else
        {
            ulong bits = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref source));
            value = Unsafe.As<ulong, T>(ref bits);
        }

        return true;
    }

    public static (string Text, string Reason) Describe(ReadOnlySpan<byte> source) => throw new System.Diagnostics.UnreachableException();
}

/// <summary>Days since 2000-01-01 become days since 1970-01-01; the infinities become the ends of the type, as other columnar engines have them.</summary>
internal readonly struct DateDecode : IFixedDecode<int>
{
    public const int DaysTo2000 = 10_957;

    public static int Width => 4;

    public static bool TryDecode(ref byte source, out int value)
    {
        int days = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<int>(ref source));
        value = days switch
        {
            int.MaxValue => int.MaxValue,
            int.MinValue => -int.MaxValue,
            _ => days + DaysTo2000,
        };
        return true;
    }

    public static (string Text, string Reason) Describe(ReadOnlySpan<byte> source) => throw new System.Diagnostics.UnreachableException();
}

/// <summary>
/// Microseconds since 2000-01-01 become microseconds since 1970-01-01; infinities as with <see cref="DateDecode"/>. The last thirty years that
/// PostgreSQL has do not fit.
/// </summary>
internal readonly struct TimestampDecode : IFixedDecode<long>
{
    public const long MicrosecondsTo2000 = DateDecode.DaysTo2000 * 86_400_000_000L;

    public static int Width => 8;

    public static bool TryDecode(ref byte source, out long value)
    {
        long time = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<long>(ref source));
        value = time switch
        {
            long.MaxValue => long.MaxValue,
            long.MinValue => -long.MaxValue,
            _ => unchecked(time + MicrosecondsTo2000),
        };
        return time is < long.MaxValue - MicrosecondsTo2000 or long.MaxValue;
    }

    public static (string Text, string Reason) Describe(ReadOnlySpan<byte> source)
        => (string.Create(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadInt64BigEndian(source)} microseconds after 2000-01-01"), "is after 294247-01-10 04:00:54, where 64 bits of microseconds since 1970 end");
}

/// <summary>Microseconds since midnight. PostgreSQL also has 24:00:00, which is no time of a day elsewhere.</summary>
internal readonly struct TimeDecode : IFixedDecode<long>
{
    private const long Day = 86_400_000_000;

    public static int Width => 8;

    public static bool TryDecode(ref byte source, out long value)
    {
        value = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<long>(ref source));
        return (ulong)value < Day;
    }

    public static (string Text, string Reason) Describe(ReadOnlySpan<byte> source)
        => ("24:00:00", "is not before midnight, where the times of a day end");
}

/// <summary>Microseconds, days and months.</summary>
internal readonly struct IntervalDecode : IFixedDecode<Interval>
{
    public static int Width => 16;

    public static bool TryDecode(ref byte source, out Interval value)
    {
        long micros = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<long>(ref source));
        int days = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref source, 8)));
        int months = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref source, 12)));
        value = new Interval(months, days, unchecked(micros * 1000));
        return micros is <= long.MaxValue / 1000 and >= long.MinValue / 1000;
    }

    public static (string Text, string Reason) Describe(ReadOnlySpan<byte> source)
    {
        long micros = BinaryPrimitives.ReadInt64BigEndian(source);
        int days = BinaryPrimitives.ReadInt32BigEndian(source[8..]);
        int months = BinaryPrimitives.ReadInt32BigEndian(source[12..]);
        return (string.Create(CultureInfo.InvariantCulture, $"{months} mons {days} days {micros} microseconds"), "has more than 292 years of hours, minutes and seconds");
    }
}

/// <summary>Unscaled decimals of one precision and scale.</summary>
internal sealed class NumericDecoder : ColumnDecoder
{
    private readonly FixedBuilder<Int128> _builder;
    private readonly int _scale;
    private readonly Int128 _limit;

    public NumericDecoder(DataType type, int capacity)
    {
        _builder = new FixedBuilder<Int128>(type, capacity);
        _scale = type.Scale;
        _limit = Numeric.PowerOfTen(type.Precision);
    }

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        int start = _builder.Length;
        Span<Int128> values = _builder.AppendUninitialized(run.Count);
        for (int i = 0; i < values.Length; i++)
        {
            if (!run.IsNull(i))
            {
                if (Numeric.TryDecode(run[i], _scale, _limit, out values[i]))
                {
                    continue;
                }

                bad.Add(i, Numeric.Text(run[i]), $"does not fit {Builder.Type}");
            }

            values[i] = default;
            _builder.SetNull(start + i);
        }
    }
}

/// <summary>Universally unique identifiers: 16 bytes in the order of their text, as the columns keep them.</summary>
internal sealed class UuidDecoder(int capacity) : ColumnDecoder
{
    private const int Width = 16;

    private readonly FixedBinaryBuilder _builder = new(DataType.Uuid, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            switch (run.Lengths[i])
            {
                case Width:
                    _builder.Append(run[i]);
                    break;
                case < 0:
                    _builder.AppendNull();
                    break;
                default:
                    throw PostgresErrors.WrongLength(DataType.Uuid, run.Lengths[i], Width);
            }
        }
    }
}
