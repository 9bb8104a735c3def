using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

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
        => new([.. table.Columns.Select(c => (c, mapper.Map(c)))]);

    /// <summary>Those of a request, in its order.</summary>
    public TableColumns Choose(IReadOnlyList<RequestedColumn>? wanted)
        => wanted is null ? this : new([.. wanted.Select(w => _columns[Schema.Require(w.Name)])]);

    /// <summary>A column by its name.</summary>
    public (ColumnInfo Info, TypeMapping Mapping) this[string name] => _columns[Schema.Require(name)];

    /// <summary>What stands behind SELECT; a constant where no column is wanted.</summary>
    public IEnumerable<string> SelectList => _columns.Select(c => c.Mapping.Select(TableName.Quote(c.Info.Name)));

    public ColumnDecoder[] MakeDecoders(int capacity, NoDates none) => [.. _columns.Select(c => c.Mapping.Decoder(capacity, none))];

    // A date that is none becomes null, also where the table takes no nulls.
    private static Field FieldOf(ColumnInfo column, TypeMapping mapping)
    {
        bool isNullable = !column.NotNull || mapping.Type.Id is TypeId.Date or TypeId.Timestamp;
        var field = new Field(column.Name, mapping.Type, isNullable);
        return column.Comment is { } comment ? field.WithMetadata(FieldMetadata.Comment, comment) : field;
    }
}
