using Millrace.Sql.Catalog;

namespace Millrace.Sql.Tests.Binding;

/// <summary>A table of which only the columns and the size are known.</summary>
internal sealed class EstimatedTable(string name, Schema schema, long? rows) : ISqlTable
{
    public string Name => name;

    public Schema Schema => schema;

    public IReadOnlyList<Field> SystemColumns { get; init; } = [];

    public long? RowEstimate => rows;

    public ValueTask<ITableScan> ScanAsync(TableRequest request, CancellationToken cancellation) => throw new NotSupportedException();
}
