using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>Reads a value of fixed width, promoted as the specification allows (section Schema Resolution).</summary>
internal interface IFixedRead<T>
    where T : unmanaged
{
    static abstract T Read(ref AvroCursor cursor);
}

internal sealed class FixedNode<T, TRead>(FixedBuilder<T> builder) : DecodeNode
    where T : unmanaged
    where TRead : struct, IFixedRead<T>
{
    public override void Decode(ref AvroCursor cursor) => builder.Append(TRead.Read(ref cursor));

    public override DecodeNode OrNull(int valueBranch) => new NullableFixedNode<T, TRead>(builder, valueBranch);
}

/// <summary>The same for a union with null, in one step: the usual form of a column.</summary>
internal sealed class NullableFixedNode<T, TRead>(FixedBuilder<T> builder, int valueBranch) : DecodeNode
    where T : unmanaged
    where TRead : struct, IFixedRead<T>
{
    public override void Decode(ref AvroCursor cursor)
    {
        if (cursor.ReadIndex(2) == valueBranch)
        {
            builder.Append(TRead.Read(ref cursor));
        }
        else
        {
            builder.AppendNull();
        }
    }
}

internal readonly struct IntRead : IFixedRead<int>
{
    public static int Read(ref AvroCursor cursor) => cursor.ReadInt();
}

internal readonly struct LongRead : IFixedRead<long>
{
    public static long Read(ref AvroCursor cursor) => cursor.ReadLong();
}

internal readonly struct IntAsLongRead : IFixedRead<long>
{
    public static long Read(ref AvroCursor cursor) => cursor.ReadInt();
}

internal readonly struct FloatRead : IFixedRead<float>
{
    public static float Read(ref AvroCursor cursor) => cursor.ReadRaw<float>();
}

internal readonly struct LongAsFloatRead : IFixedRead<float>
{
    public static float Read(ref AvroCursor cursor) => cursor.ReadLong();
}

internal readonly struct DoubleRead : IFixedRead<double>
{
    public static double Read(ref AvroCursor cursor) => cursor.ReadRaw<double>();
}

internal readonly struct FloatAsDoubleRead : IFixedRead<double>
{
    public static double Read(ref AvroCursor cursor) => cursor.ReadRaw<float>();
}

internal readonly struct LongAsDoubleRead : IFixedRead<double>
{
    public static double Read(ref AvroCursor cursor) => cursor.ReadLong();
}

/// <summary>Months, days and milliseconds as unsigned little-endian numbers of 32 bits.</summary>
internal readonly struct DurationRead : IFixedRead<Interval>
{
    public static Interval Read(ref AvroCursor cursor)
    {
        uint months = cursor.ReadRaw<uint>();
        uint days = cursor.ReadRaw<uint>();
        uint millis = cursor.ReadRaw<uint>();
        if ((months | days) > int.MaxValue)
        {
            cursor.Note(AvroErrors.ValueCode, $"A duration has {months} months and {days} days, more than an interval can hold.", "");
        }

        return new Interval((int)months, (int)days, millis * 1_000_000L);
    }
}
