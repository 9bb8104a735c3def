using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>Columns of a table with their mappings, all or some of them.</summary>
internal sealed class TableColumns
{
    private readonly IReadOnlyList<(ColumnInfo Info, TypeMapping Mapping)> _columns;

    private TableColumns(IReadOnlyList<(ColumnInfo Info, TypeMapping Mapping)> columns)
    {
        _columns = columns;
        Schema = new Schema(columns.Select(c => FieldOf(c.Info, c.Mapping)));
    }

    public Schema Schema { get; }

    public int Count => _columns.Count;

    public static TableColumns Of(TableInfo table, TypeMapper mapper)
        => new([.. table.Columns.Select(c => (c, mapper.Map(c.Type, c.Modifier)))]);

    /// <summary>Those of a request, in its order.</summary>
    public TableColumns Choose(IReadOnlyList<RequestedColumn>? wanted)
        => wanted is null ? this : new([.. wanted.Select(w => _columns[Schema.Require(w.Name)])]);

    /// <summary>A column by its name.</summary>
    public (ColumnInfo Info, TypeMapping Mapping) this[string name] => _columns[Schema.Require(name)];

    /// <summary>What stands behind SELECT.</summary>
    public string SelectList => string.Join(", ", _columns.Select(c => c.Mapping.Select(TableName.Quote(c.Info.Name))));

    public ColumnDecoder[] MakeDecoders(int capacity) => [.. _columns.Select(c => c.Mapping.Decoder(capacity))];

    private static Field FieldOf(ColumnInfo column, TypeMapping mapping)
    {
        var field = new Field(column.Name, mapping.Type, nullable: !column.NotNull);
        return column.Comment is { } comment ? field.WithMetadata(FieldMetadata.Comment, comment) : field;
    }
}
