using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Single values as bytes (specification, appendix D, "Binary single-value serialization"): bounds in manifests. In memory a value is
/// an <see cref="bool"/>, <see cref="int"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>, the <see cref="Int128"/> of a
/// decimal, a <see cref="string"/>, or the bytes of a uuid, fixed or binary.
/// </summary>
public static class SingleValue
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a value. A value of a type that was widened later may have the bytes of the narrower one.</summary>
    public static object FromBytes(IcebergPrimitive type, ReadOnlySpan<byte> bytes)
    {
        switch (type.Kind)
        {
            case IcebergKind.Boolean when bytes.Length == 1:
                return bytes[0] != 0;
            case IcebergKind.Int or IcebergKind.Date when bytes.Length == sizeof(int):
                return BinaryPrimitives.ReadInt32LittleEndian(bytes);
            case IcebergKind.Long when bytes.Length == sizeof(int):
                return (long)BinaryPrimitives.ReadInt32LittleEndian(bytes);
            case IcebergKind.Long or IcebergKind.Time or IcebergKind.Timestamp or IcebergKind.TimestampTz or IcebergKind.TimestampNs or IcebergKind.TimestampTzNs when bytes.Length == sizeof(long):
                return BinaryPrimitives.ReadInt64LittleEndian(bytes);
            case IcebergKind.Float when bytes.Length == sizeof(float):
                return BinaryPrimitives.ReadSingleLittleEndian(bytes);
            case IcebergKind.Double when bytes.Length == sizeof(float):
                return (double)BinaryPrimitives.ReadSingleLittleEndian(bytes);
            case IcebergKind.Double when bytes.Length == sizeof(double):
                return BinaryPrimitives.ReadDoubleLittleEndian(bytes);
            case IcebergKind.Decimal when bytes.Length is > 0 and <= 16:
                return Unscaled(bytes);
            case IcebergKind.String:
                return Text(bytes);
            case IcebergKind.Uuid when bytes.Length == 16:
            case IcebergKind.Fixed when bytes.Length == type.Length:
            case IcebergKind.Binary:
                return bytes.ToArray();
            default:
                throw IcebergErrors.Value(type.ToString(), string.Create(CultureInfo.InvariantCulture, $"has {bytes.Length} bytes"));
        }
    }

    public static byte[] ToBytes(IcebergPrimitive type, object value)
    {
        switch (value)
        {
            case bool v:
                return [v ? (byte)1 : (byte)0];
            case int v:
                return LittleEndian(v, sizeof(int));
            case long v:
                return LittleEndian(v, sizeof(long));
            case float v:
                return LittleEndian(BitConverter.SingleToInt32Bits(v), sizeof(int));
            case double v:
                return LittleEndian(BitConverter.DoubleToInt64Bits(v), sizeof(long));
            case Int128 v:
                return Unscaled(v);
            case string v:
                return Strict.GetBytes(v);
            case byte[] v:
                return v;
            default:
                throw new ArgumentException($"{value.GetType()} is no value of {type}.");
        }
    }

    /// <summary>The order of the values of one type: numbers by size, texts and bytes byte by byte, NaN above all.</summary>
    public static int Compare(object left, object right) => (left, right) switch
    {
        (bool l, bool r) => l.CompareTo(r),
        (int l, int r) => l.CompareTo(r),
        (long l, long r) => l.CompareTo(r),
        (Int128 l, Int128 r) => l.CompareTo(r),
        (float l, float r) => CompareFloats(l, r),
        (double l, double r) => CompareFloats(l, r),
        (string l, string r) => Encoding.UTF8.GetBytes(l).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(r)),
        (byte[] l, byte[] r) => l.AsSpan().SequenceCompareTo(r),
        _ => throw new ArgumentException($"{left.GetType()} and {right.GetType()} are not of one type."),
    };

    /// <summary>Whether a value has the form of a type.</summary>
    public static bool IsOf(IcebergPrimitive type, object value) => type.Kind switch
    {
        IcebergKind.Boolean => value is bool,
        IcebergKind.Int or IcebergKind.Date => value is int,
        IcebergKind.Float => value is float,
        IcebergKind.Double => value is double,
        IcebergKind.Decimal => value is Int128,
        IcebergKind.String => value is string,
        IcebergKind.Uuid => value is byte[] { Length: 16 },
        IcebergKind.Fixed => value is byte[] bytes && bytes.Length == type.Length,
        IcebergKind.Binary => value is byte[],
        _ => value is long,
    };

    /// <summary>Whether two values, or nulls, are the same; bytes by content.</summary>
    public static bool AreEqual(object? left, object? right)
        => left is byte[] l && right is byte[] r ? l.AsSpan().SequenceEqual(r) : Equals(left, right);

    /// <summary>The fewest bytes of a number in two's complement, the highest first.</summary>
    public static byte[] Unscaled(Int128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt128BigEndian(bytes, value);
        while (bytes.Length > 1 && ((bytes[0] == 0 && bytes[1] < 0x80) || (bytes[0] == 0xFF && bytes[1] >= 0x80)))
        {
            bytes = bytes[1..];
        }

        return bytes.ToArray();
    }

    /// <summary>A number of up to 16 bytes in two's complement, the highest first.</summary>
    public static Int128 Unscaled(ReadOnlySpan<byte> bytes)
    {
        Int128 value = (sbyte)bytes[0];
        foreach (byte next in bytes[1..])
        {
            value = (value << 8) | next;
        }

        return value;
    }

    private static int CompareFloats<T>(T left, T right)
        where T : IFloatingPointIeee754<T>
        => T.IsNaN(left) ? (T.IsNaN(right) ? 0 : 1) : T.IsNaN(right) ? -1 : left < right ? -1 : left > right ? 1 : 0;

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (ArgumentException)
        {
            throw IcebergErrors.Value("string", "is not in UTF-8");
        }
    }

    private static byte[] LittleEndian(long value, int width)
    {
        byte[] bytes = new byte[width];
        for (int i = 0; i < width; i++)
        {
            bytes[i] = (byte)(value >> (8 * i));
        }

        return bytes;
    }
}
