using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>What the readers of one scan share: the table, the schema that rows take, and deletes that were read. Any thread may use it.</summary>
internal sealed class TableScan : IDisposable
{
    /// <summary>Column with the number of each row in its file (specification, "Reserved Field IDs").</summary>
    public const string RowNumber = "_pos";

    private readonly TableMetadata _table;
    private readonly Schema _columns;

    /// <param name="files">The table's files.</param>
    /// <param name="table">The table.</param>
    /// <param name="schema">The schema that it is read with.</param>
    /// <param name="columns">The wanted columns, in their order.</param>
    public TableScan(TableFiles files, TableMetadata table, TableSchema schema, IReadOnlyList<IcebergField> columns)
    {
        foreach (IcebergField column in columns)
        {
            if (IcebergForeign.In(column.Type) is { } foreign)
            {
                throw IcebergErrors.Foreign(column.Name, foreign, "values of it cannot be read");
            }
        }

        _table = table;
        Files = files;
        Columns = columns;
        _columns = new Schema(columns.Select(TypeMapping.ToColumn));
        Mapping = table.Properties.TryGetValue(NameMapping.Property, out string? json) ? NameMapping.Parse(json) : NameMapping.Of(schema);
        Positions = new PositionDeletes(files);
        Equalities = new EqualityDeletes(files, table, schema, Mapping);
    }

    /// <summary>The place, in a file's partition, of the value that a column has in all its rows; null when there is none.</summary>
    public int? IdentityOf(DataFile file, int fieldId)
    {
        if (_table.SpecOf(file.SpecId) is not { } spec)
        {
            return null;
        }

        for (int i = 0; i < spec.Fields.Count; i++)
        {
            if (spec.Fields[i].SourceId == fieldId && spec.Fields[i].Transform.Kind == TransformKind.Identity)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>Numbers of the rows of a file that are deleted by position, ascending and each once.</summary>
    public ValueTask<long[]> DeletedPositionsAsync(ScanTask task, CancellationToken cancellation)
        => task.Vector is { } vector ? VectorDeletes.OfAsync(Files, task.File, vector, cancellation) : Positions.OfAsync(task.File, task.Positions, cancellation);

    public TableFiles Files { get; }

    public IReadOnlyList<IcebergField> Columns { get; }

    /// <summary>Schema of the batches.</summary>
    public Schema Schema => field ??= NumbersRows ? new Schema([.. _columns.Fields, new Field(RowNumber, DataType.Int64, nullable: false)]) : _columns;

    /// <summary>Whether the number of each row in its file stands behind the columns.</summary>
    public bool NumbersRows { get; init; }

    /// <summary>Whether each row has to be counted in its file: then files are read as a whole, and no row of them is left out.</summary>
    public bool CountsRows => NumbersRows || Columns.Any(c => LineageColumns.IsLineage(c.Id));

    public NameMapping Mapping { get; }

    public PositionDeletes Positions { get; }

    public EqualityDeletes Equalities { get; }

    /// <summary>What readers of Parquet files can leave out pages by; their values are of the types of <see cref="Schema"/>.</summary>
    public IReadOnlyList<ColumnPredicate> Predicates { get; init; } = [];

    public int BatchRows { get; init; } = RecordBatch.DefaultRows;

    public void Dispose() => Equalities.Dispose();
}
