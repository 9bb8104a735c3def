using Millrace.Columnar;

namespace Millrace.Sql.Binding;

/// <summary>Which types stand in for which: implicit casts and common types.</summary>
public static class TypeRules
{
    /// <summary>
    /// How far a type is from another that its values can become without being asked: 0 for the same type, more for wider
    /// ones; -1 where that needs a CAST.
    /// </summary>
    public static int ImplicitDistance(DataType from, DataType to)
    {
        if (from.Equals(to))
        {
            return 0;
        }

        int low = NumericTypes.Rank(from);
        int high = NumericTypes.Rank(to);
        if (low >= 0 && high >= 0)
        {
            return NumberDistance(from, to, low, high);
        }

        switch (from.Id, to.Id)
        {
            case (TypeId.Dictionary, _):
                return Further(1, ImplicitDistance(from.DictionaryValue, to));
            case (TypeId.Date, TypeId.Timestamp):
                return to.TimeZone is null ? 1 : 2;
            case (TypeId.Timestamp, TypeId.Timestamp):
                return from.TimeZone is not null && to.TimeZone is null ? -1 : to.Unit < from.Unit ? -1 : to.TimeZone is null == from.TimeZone is null ? 1 : 2;
            case (TypeId.Time, TypeId.Time):
                return to.Unit < from.Unit ? -1 : 1;
            case (TypeId.FixedBinary, TypeId.Binary):
                return 1;
            case (TypeId.List, TypeId.List) or (TypeId.Struct, TypeId.Struct) or (TypeId.Map, TypeId.Map):
                return PartsDistance(from, to);
            default:
                return -1;
        }
    }

    public static bool IsImplicit(DataType from, DataType to) => ImplicitDistance(from, to) >= 0;

    /// <summary>The type that values of both types can become without being asked; null if there is none.</summary>
    public static DataType? Common(DataType left, DataType right)
    {
        if (left.Equals(right))
        {
            return left;
        }

        if (NumericTypes.Rank(left) >= 0 && NumericTypes.Rank(right) >= 0)
        {
            return NumericTypes.Common(left, right);
        }

        switch (left.Id, right.Id)
        {
            case (TypeId.Dictionary, _):
                return Common(left.DictionaryValue, right);
            case (_, TypeId.Dictionary):
                return Common(left, right.DictionaryValue);
            case (TypeId.Timestamp, TypeId.Timestamp):
                return DataType.Timestamp(Finer(left.Unit, right.Unit), left.TimeZone ?? right.TimeZone);
            case (TypeId.Time, TypeId.Time):
                return DataType.Time(Finer(left.Unit, right.Unit));
            case (TypeId.FixedBinary, TypeId.FixedBinary):
                return DataType.Binary;
            case (TypeId.List, TypeId.List):
                return CommonField(left.Element, right.Element) is { } element ? DataType.List(element) : null;
            case (TypeId.Map, TypeId.Map):
                return Common(left.Children[0].Type, right.Children[0].Type) is { } key && CommonField(left.Children[1], right.Children[1]) is { } value ? DataType.Map(key, value) : null;
            case (TypeId.Struct, TypeId.Struct) when left.Children.Count == right.Children.Count:
                return CommonStruct(left, right);
            default:
                return IsImplicit(left, right) ? right : IsImplicit(right, left) ? left : null;
        }
    }

    /// <summary>The common type of several; null if there is none, or no type at all.</summary>
    public static DataType? Common(IEnumerable<DataType> types)
    {
        DataType? common = null;
        foreach (DataType type in types)
        {
            common = common is null ? type : Common(common, type);
            if (common is null)
            {
                return null;
            }
        }

        return common;
    }

    /// <summary>What a dictionary holds; other types as they are.</summary>
    public static DataType Decoded(DataType type) => type.Id == TypeId.Dictionary ? type.DictionaryValue : type;

    // Whole numbers fit decimals of enough digits before the point; every number becomes a float.
    private static int NumberDistance(DataType from, DataType to, int low, int high)
    {
        if (to.Id == TypeId.Decimal)
        {
            DataType digits = NumericTypes.AsDecimal(from);
            bool fits = digits.Id == TypeId.Decimal && digits.Scale <= to.Scale && digits.Precision - digits.Scale <= to.Precision - to.Scale;
            return fits ? Math.Max(high - low, 1) : -1;
        }

        if (NumericTypes.IsUnsigned(to))
        {
            return NumericTypes.IsUnsigned(from) && from.ByteWidth < to.ByteWidth ? 1 : -1;
        }

        return high > low || (high == low && NumericTypes.IsUnsigned(from)) ? Math.Max(high - low, 1) : -1;
    }

    private static int PartsDistance(DataType from, DataType to)
    {
        if (from.Children.Count != to.Children.Count)
        {
            return -1;
        }

        int distance = 1;
        for (int i = 0; i < from.Children.Count; i++)
        {
            if (from.Children[i].Nullable && !to.Children[i].Nullable)
            {
                return -1;
            }

            distance = Further(distance, ImplicitDistance(from.Children[i].Type, to.Children[i].Type));
        }

        return distance;
    }

    private static DataType? CommonStruct(DataType left, DataType right)
    {
        var fields = new Field[left.Children.Count];
        for (int i = 0; i < fields.Length; i++)
        {
            if (CommonField(left.Children[i], right.Children[i]) is not { } field)
            {
                return null;
            }

            fields[i] = field;
        }

        return DataType.Struct(fields);
    }

    private static Field? CommonField(Field left, Field right)
        => Common(left.Type, right.Type) is { } type ? new Field(left.Name, type, left.Nullable || right.Nullable) : null;

    private static int Further(int distance, int more) => distance < 0 || more < 0 ? -1 : distance + more;

    private static TimeUnit Finer(TimeUnit left, TimeUnit right) => left > right ? left : right;
}
