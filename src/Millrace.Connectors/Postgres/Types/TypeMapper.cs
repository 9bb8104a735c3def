using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>Finds the column type, and the way to it, for each type of PostgreSQL.</summary>
/// <param name="types">All types that the table's columns need, by their oid.</param>
/// <param name="numeric">The type for numerics without precision, or with more digits than a decimal has.</param>
internal sealed class TypeMapper(IReadOnlyDictionary<uint, PgType> types, DataType numeric)
{
    // Domains over domains, arrays of composites of arrays …: nobody nests deeper, and a damaged catalogue must not hang.
    private const int MaxDepth = 32;

    public TypeMapping Map(uint oid, int modifier) => Map(oid, modifier, 0);

    /// <summary>Name of a type as the server shows it.</summary>
    public string NameOf(uint oid) => types.TryGetValue(oid, out PgType? type) ? type.ToString() : $"type {oid}";

    private TypeMapping Map(uint oid, int modifier, int depth)
    {
        if (depth > MaxDepth || !types.TryGetValue(oid, out PgType? type))
        {
            return BuiltInTypes.Text;
        }

        return type.Kind switch
        {
            PgTypeKind.Domain => Map(type.Base, type.BaseModifier, depth + 1),
            PgTypeKind.Enum => BuiltInTypes.Utf8,
            PgTypeKind.Array => MapArray(type, modifier, depth),
            PgTypeKind.Composite => MapComposite(type, depth),
            PgTypeKind.Base when type.IsBuiltIn && type.Name == "numeric" => MapNumeric(modifier),
            PgTypeKind.Base when BuiltInTypes.Find(type) is { } mapping => mapping,
            _ => BuiltInTypes.Text,
        };
    }

    private TypeMapping MapArray(PgType type, int modifier, int depth)
    {
        TypeMapping element = Map(type.Element, modifier, depth + 1);
        DataType list = DataType.List(element.Type);
        return element.Form == SentForm.Own
            ? new TypeMapping(list, capacity => new ArrayDecoder(list, element.Decoder, capacity))
            : MapTextArray();
    }

    private static TypeMapping MapTextArray()
    {
        DataType texts = DataType.List(DataType.Utf8);
        return new TypeMapping(texts, capacity => new ArrayDecoder(texts, BuiltInTypes.Utf8.Decoder, capacity), SentForm.TextArray);
    }

    private TypeMapping MapComposite(PgType type, int depth)
    {
        TypeMapping[] fields = [.. type.Attributes.Select(a => Map(a.Type, a.Modifier, depth + 1))];
        if (fields.Length == 0 || fields.Any(f => f.Form != SentForm.Own))
        {
            return BuiltInTypes.Text;
        }

        DataType made = DataType.Struct([.. type.Attributes.Select((a, i) => new Field(a.Name, fields[i].Type))]);
        Func<int, ColumnDecoder>[] decoders = [.. fields.Select(f => f.Decoder)];
        return new TypeMapping(made, capacity => new CompositeDecoder(made, decoders, capacity));
    }

    // The modifier is precision and scale in 16 bits each, plus 4; scales have 11 bits with a sign.
    private TypeMapping MapNumeric(int modifier)
    {
        DataType type = numeric;
        if (modifier >= 4)
        {
            int precision = ((modifier - 4) >> 16) & 0xffff;
            int scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;

            // A negative scale rounds to tens, hundreds …; more scale than precision has zeros behind the point.
            int digits = Math.Max(precision - Math.Min(scale, 0), scale);
            if (digits <= DataType.MaxDecimalPrecision)
            {
                type = DataType.Decimal(digits, Math.Max(scale, 0));
            }
        }

        return type.Id == TypeId.Decimal ? new TypeMapping(type, capacity => new NumericDecoder(type, capacity)) : BuiltInTypes.Text;
    }
}
