namespace Millrace.Columnar;

/// <summary>
/// Conversion of columns between types. A value that the target cannot hold becomes null and is reported, never cut or
/// wrapped; digits after the point may be rounded (halves away from zero for decimals, to even for binary floats).
/// Instants and wall-clock timestamps convert into each other as UTC.
/// </summary>
public static class Cast
{
    /// <summary>Converts one column, whose row 0 is the result's row 0.</summary>
    internal delegate Column Kernel(Column source, DataType target, CastFailures failures);

    /// <summary>Whether there is a conversion at all; single values can still fail.</summary>
    public static bool IsPossible(DataType from, DataType to) => from.Equals(to) || Find(from, to) is not null;

    /// <param name="column">Borrowed.</param>
    /// <param name="type">The type of the result.</param>
    /// <exception cref="MillraceException">MR2905: there is no conversion between the types.</exception>
    public static CastResult To(Column column, DataType type)
    {
        var failures = new CastFailures();
        Column result = Run(column, type, failures);
        return new CastResult(result, failures.All);
    }

    internal static Column Run(Column column, DataType type, CastFailures failures)
    {
        if (column.Type.Equals(type))
        {
            return column.Share();
        }

        Kernel kernel = Find(column.Type, type) ?? throw ColumnarErrors.CastNotPossible(column.Type, type);
        return kernel(column, type, failures);
    }

    private static Kernel? Find(DataType from, DataType to) => (from.Id, to.Id) switch
    {
        (TypeId.Dictionary, _) => IsPossible(from.DictionaryValue, to) ? DictionaryCasts.Decode : null,
        (_, TypeId.Dictionary) => null,
        _ when from.IsText => FindFromText(to),
        (TypeId.List, TypeId.List) => IsPossible(from.Element.Type, to.Element.Type) ? NestedCasts.List : null,
        (TypeId.Map, TypeId.Map) => NestedCasts.CanCastFields(from, to) ? NestedCasts.List : null,
        (TypeId.Struct, TypeId.Struct) => NestedCasts.CanCastFields(from, to) ? NestedCasts.Struct : null,
        (_, TypeId.Json) => TextCasts.ToJson,
        (_, TypeId.Utf8) => from.IsNested ? TextCasts.ToJson : TextCasts.Format,
        (TypeId.Boolean, _) when NumberType.Is(to) => NumberCasts.FromBoolean,
        (_, TypeId.Boolean) when NumberType.Is(from) => NumberCasts.ToBoolean,
        (TypeId.Decimal, TypeId.Decimal) => DecimalCasts.Rescale,
        (TypeId.Decimal, _) when NumberType.Is(to) => DecimalCasts.ToNumber,
        (_, TypeId.Decimal) when NumberType.Is(from) => DecimalCasts.FromNumber,
        _ when NumberType.Is(from) && NumberType.Is(to) => NumberCasts.Convert,
        (TypeId.Date, TypeId.Timestamp) => TimeCasts.DateToTimestamp,
        (TypeId.Timestamp, TypeId.Date) => TimeCasts.TimestampToDate,
        (TypeId.Timestamp, TypeId.Time) => TimeCasts.TimestampToTime,
        (TypeId.Timestamp, TypeId.Timestamp) or (TypeId.Time, TypeId.Time) => TimeCasts.ChangeUnit,
        (TypeId.Uuid or TypeId.FixedBinary, TypeId.Binary) => BinaryCasts.ToBinary,
        (TypeId.Binary, TypeId.Uuid or TypeId.FixedBinary) => BinaryCasts.ToFixed,
        (TypeId.Uuid, TypeId.FixedBinary) or (TypeId.FixedBinary, TypeId.Uuid) when from.ByteWidth == to.ByteWidth => (column, type, _) => column.Retype(type),
        _ => null,
    };

    private static Kernel? FindFromText(DataType to) => to.Id switch
    {
        TypeId.Utf8 => (column, type, _) => column.Retype(type),
        TypeId.Json => TextCasts.CheckJson,
        TypeId.Boolean => TextCasts.ParseBoolean,
        TypeId.Uuid or TypeId.FixedBinary => BinaryCasts.ParseFixed,
        TypeId.Binary => BinaryCasts.Parse,
        TypeId.List or TypeId.Struct or TypeId.Map => null,
        _ => TextCasts.Parse,
    };
}
