using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>
/// Types of the results of decimal arithmetic: as many digits as no result can exceed. Where these are more than 38, digits
/// after the point are given up, but not below six.
/// </summary>
public static class DecimalTypes
{
    private const int MinScale = 6;

    public static DataType Add(DataType left, DataType right)
    {
        int scale = Math.Max(left.Scale, right.Scale);
        return Capped(Math.Max(left.Precision - left.Scale, right.Precision - right.Scale) + scale + 1, scale);
    }

    public static DataType Multiply(DataType left, DataType right) => Capped(left.Precision + right.Precision, left.Scale + right.Scale);

    public static DataType Divide(DataType left, DataType right)
    {
        int scale = Math.Max(MinScale, left.Scale + right.Precision + 1);
        return Capped(left.Precision - left.Scale + right.Scale + scale, scale);
    }

    public static DataType Remainder(DataType left, DataType right)
    {
        int scale = Math.Max(left.Scale, right.Scale);
        return Capped(Math.Min(left.Precision - left.Scale, right.Precision - right.Scale) + scale, scale);
    }

    /// <summary>The type of so many digits, or the nearest one that exists.</summary>
    public static DataType Capped(int precision, int scale)
    {
        if (precision > DataType.MaxDecimalPrecision)
        {
            scale = Math.Max(scale - (precision - DataType.MaxDecimalPrecision), Math.Min(scale, MinScale));
            precision = DataType.MaxDecimalPrecision;
        }

        return DataType.Decimal(Math.Max(precision, 1), scale);
    }
}
