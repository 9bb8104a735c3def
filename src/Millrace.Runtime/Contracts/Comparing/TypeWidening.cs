using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Which types hold every value of which others, unchanged.</summary>
internal static class TypeWidening
{
    public static bool Holds(DataType wide, DataType narrow)
    {
        if (wide.Equals(narrow))
        {
            return true;
        }

        return (narrow.Id, wide.Id) switch
        {
            (_, TypeId.Float64) when narrow.IsInteger => Bits(narrow) <= 32,
            (_, TypeId.Float32) when narrow.IsInteger => Bits(narrow) <= 16,
            (TypeId.Float32, TypeId.Float64) => true,
            (_, TypeId.Decimal) when narrow.IsInteger => wide.Precision - wide.Scale >= Digits(narrow),
            (TypeId.Decimal, TypeId.Decimal) => wide.Scale >= narrow.Scale && wide.Precision - wide.Scale >= narrow.Precision - narrow.Scale,
            (TypeId.Date, TypeId.Timestamp) => wide.TimeZone is null,
            (TypeId.Timestamp, TypeId.Timestamp) => wide.TimeZone == narrow.TimeZone && wide.Unit >= narrow.Unit,
            (TypeId.Time, TypeId.Time) => wide.Unit >= narrow.Unit,
            (TypeId.Json, TypeId.Utf8) => true,
            (TypeId.Uuid or TypeId.FixedBinary, TypeId.Binary) => true,
            (TypeId.Dictionary, _) => Holds(wide, narrow.DictionaryValue),
            (TypeId.List, TypeId.List) => Holds(wide.Element, narrow.Element),
            (TypeId.Map, TypeId.Map) => wide.Children[0].Type.Equals(narrow.Children[0].Type) && Holds(wide.Children[1], narrow.Children[1]),
            (TypeId.Struct, TypeId.Struct) => HoldsStruct(wide, narrow),
            _ when narrow.IsInteger && wide.IsInteger => IsSigned(narrow) == IsSigned(wide) ? Bits(wide) >= Bits(narrow) : IsSigned(wide) && Bits(wide) > Bits(narrow),
            _ => false,
        };
    }

    private static bool Holds(Field wide, Field narrow) => (wide.Nullable || !narrow.Nullable) && Holds(wide.Type, narrow.Type);

    // A field more, which may be null, takes nothing away.
    private static bool HoldsStruct(DataType wide, DataType narrow)
        => narrow.Children.All(n => wide.Children.FirstOrDefault(w => w.Name == n.Name) is { } same && Holds(same, n))
            && wide.Children.All(w => w.Nullable || narrow.Children.Any(n => n.Name == w.Name));

    private static bool IsSigned(DataType type) => type.Id is >= TypeId.Int8 and <= TypeId.Int64;

    private static int Bits(DataType type) => type.ByteWidth * 8;

    private static int Digits(DataType type) => type.ByteWidth switch { 1 => 3, 2 => 5, 4 => 10, _ => type.Id == TypeId.UInt64 ? 20 : 19 };
}
