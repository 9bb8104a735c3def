using Millrace.Columnar;

namespace Millrace.Sql.Binding;

/// <summary>The ladder of number types: tinyint, smallint, integer, bigint, decimal, real, double.</summary>
internal static class NumericTypes
{
    /// <summary>Place on the ladder; unsigned types stand with the signed type that holds their values. -1 for what is no number.</summary>
    public static int Rank(DataType type) => type.Id switch
    {
        TypeId.Int8 => 0,
        TypeId.Int16 or TypeId.UInt8 => 1,
        TypeId.Int32 or TypeId.UInt16 => 2,
        TypeId.Int64 or TypeId.UInt32 => 3,
        TypeId.Decimal or TypeId.UInt64 => 4,
        TypeId.Float32 => 5,
        TypeId.Float64 => 6,
        _ => -1,
    };

    public static bool IsUnsigned(DataType type) => type.Id is >= TypeId.UInt8 and <= TypeId.UInt64;

    /// <summary>The signed type that holds all values of an unsigned one; others stay.</summary>
    public static DataType Signed(DataType type) => type.Id switch
    {
        TypeId.UInt8 => DataType.Int16,
        TypeId.UInt16 => DataType.Int32,
        TypeId.UInt32 => DataType.Int64,
        TypeId.UInt64 => DataType.Decimal(20, 0),
        _ => type,
    };

    /// <summary>The decimal as which a whole number counts.</summary>
    public static DataType AsDecimal(DataType type) => type.Id switch
    {
        TypeId.Int8 or TypeId.UInt8 => DataType.Decimal(3, 0),
        TypeId.Int16 or TypeId.UInt16 => DataType.Decimal(5, 0),
        TypeId.Int32 or TypeId.UInt32 => DataType.Decimal(10, 0),
        TypeId.Int64 => DataType.Decimal(19, 0),
        TypeId.UInt64 => DataType.Decimal(20, 0),
        _ => type,
    };

    /// <summary>The type that holds the values of both.</summary>
    public static DataType Common(DataType left, DataType right)
    {
        if (left.Equals(right))
        {
            return left;
        }

        (left, right) = (Signed(left), Signed(right));
        (int a, int b) = (Rank(left), Rank(right));
        if (Math.Max(a, b) != Rank(DataType.Decimal(1, 0)))
        {
            return a >= b ? left : right;
        }

        (left, right) = (AsDecimal(left), AsDecimal(right));
        int scale = Math.Max(left.Scale, right.Scale);
        int whole = Math.Max(left.Precision - left.Scale, right.Precision - right.Scale);
        // Digits before the point matter more than those behind it.
        scale = Math.Min(scale, DataType.MaxDecimalPrecision - whole);
        return DataType.Decimal(whole + scale, scale);
    }
}
