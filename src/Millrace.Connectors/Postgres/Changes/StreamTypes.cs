using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// How values are read from the stream of changes, where the server sends the binary form of their type and cannot be asked for
/// another. The columns are those that a query for the rows would give.
/// </summary>
internal sealed class StreamTypes(IReadOnlyDictionary<uint, PgType> types, DataType numeric)
{
    private const int MaxDepth = 32;

    private readonly TypeMapper _mapper = new(types, numeric);

    /// <summary>The types as a query gives them.</summary>
    public TypeMapper Queried => _mapper;

    public string NameOf(uint oid) => _mapper.NameOf(oid);

    /// <summary>The mapping of a column; fails for one whose binary form nobody here can read.</summary>
    public TypeMapping Require(ColumnInfo column, ErrorPlace place)
        => Find(column.Type, column.Modifier, 0) ?? throw ChangeErrors.UnreadableType.Error($"The column '{column.Name}' is of the type {NameOf(column.Type)}, whose values cannot be read from the log.", place with { Field = column.Name });

    private TypeMapping? Find(uint oid, int modifier, int depth)
    {
        TypeMapping mapping = _mapper.Map(oid, modifier);
        if (mapping.Form == SentForm.Own || depth > MaxDepth || !types.TryGetValue(oid, out PgType? type))
        {
            return mapping.Form == SentForm.Own ? mapping : null;
        }

        return type.Kind switch
        {
            PgTypeKind.Domain => Find(type.Base, type.BaseModifier, depth + 1),
            PgTypeKind.Array when Find(type.Element, modifier, depth + 1) is { } element && mapping.Type.Children[0].Type.Equals(element.Type)
                => mapping with { Decoder = capacity => new ArrayDecoder(mapping.Type, element.Decoder, capacity) },
            _ => TextualTypes.Find(type, mapping.Type),
        };
    }
}
