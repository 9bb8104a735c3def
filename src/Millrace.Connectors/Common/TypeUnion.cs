using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>The narrowest type that holds the values of two types without loss; null when there is none.</summary>
public static class TypeUnion
{
    private const int Int64Digits = 19;
    private const int UInt64Digits = 20;

    public static DataType? Of(DataType a, DataType b)
    {
        if (a.Equals(b))
        {
            return a;
        }

        if (a.Id == TypeId.Dictionary || b.Id == TypeId.Dictionary)
        {
            return Of(Plain(a), Plain(b));
        }

        if (a.IsNumeric && b.IsNumeric)
        {
            return OfNumbers(a, b);
        }

        return (a.Id, b.Id) switch
        {
            (TypeId.Date, TypeId.Timestamp) when b.TimeZone is null => b,
            (TypeId.Timestamp, TypeId.Date) when a.TimeZone is null => a,
            (TypeId.Timestamp, TypeId.Timestamp) when a.TimeZone == b.TimeZone => a.Unit > b.Unit ? a : b,
            (TypeId.Time, TypeId.Time) => a.Unit > b.Unit ? a : b,
            (TypeId.List, TypeId.List) => OfFields(a.Element, b.Element) is { } element ? DataType.List(element) : null,
            (TypeId.Map, TypeId.Map) when a.Children[0].Equals(b.Children[0])
                => OfFields(a.Children[1], b.Children[1]) is { } value ? DataType.Map(a.Children[0].Type, value) : null,
            (TypeId.Struct, TypeId.Struct) => OfStructs(a, b),
            _ => null,
        };
    }

    private static DataType Plain(DataType type) => type.Id == TypeId.Dictionary ? type.DictionaryValue : type;

    private static DataType? OfNumbers(DataType a, DataType b)
    {
        if (a.IsFloat || b.IsFloat)
        {
            bool narrow = a.IsFloat && b.IsFloat ? a.Equals(b) : Digits(a.IsFloat ? b : a) <= 5 && (a.IsFloat ? a : b).Id == TypeId.Float32;
            return narrow ? DataType.Float32 : DataType.Float64;
        }

        if (a.Id == TypeId.Decimal || b.Id == TypeId.Decimal)
        {
            int scale = Math.Max(a.Scale, b.Scale);
            int precision = Math.Max(Digits(a) - a.Scale, Digits(b) - b.Scale) + scale;
            return precision <= DataType.MaxDecimalPrecision ? DataType.Decimal(precision, scale) : null;
        }

        bool signed = IsSigned(a) || IsSigned(b);
        if (IsSigned(a) == IsSigned(b))
        {
            return a.ByteWidth >= b.ByteWidth ? a : b;
        }

        int unsigned = IsSigned(a) ? b.ByteWidth : a.ByteWidth;
        int width = Math.Max(IsSigned(a) ? a.ByteWidth : b.ByteWidth, unsigned * 2);
        return width switch
        {
            2 => DataType.Int16,
            4 => DataType.Int32,
            8 => DataType.Int64,
            _ => signed ? DataType.Decimal(UInt64Digits, 0) : null,
        };
    }

    // Decimal digits that hold every value of the type.
    private static int Digits(DataType type) => type.Id == TypeId.Decimal
        ? type.Precision
        : type.ByteWidth switch { 1 => 3, 2 => 5, 4 => 10, _ => IsSigned(type) ? Int64Digits : UInt64Digits };

    private static bool IsSigned(DataType type) => type.Id is TypeId.Int8 or TypeId.Int16 or TypeId.Int32 or TypeId.Int64;

    private static Field? OfFields(Field a, Field b)
        => Of(a.Type, b.Type) is { } type ? a.WithType(type).WithNullable(a.Nullable || b.Nullable) : null;

    private static DataType? OfStructs(DataType a, DataType b)
    {
        var fields = new List<Field>();
        foreach (Field field in a.Children)
        {
            Field? other = b.Children.FirstOrDefault(f => f.Name == field.Name);
            Field? union = other is null ? field.WithNullable(true) : OfFields(field, other);
            if (union is null)
            {
                return null;
            }

            fields.Add(union);
        }

        fields.AddRange(b.Children.Where(f => a.Children.All(o => o.Name != f.Name)).Select(f => f.WithNullable(true)));
        return DataType.Struct(fields);
    }
}
