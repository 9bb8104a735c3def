using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;
using FunctionTable = Millrace.Sql.Functions.FunctionTable;

namespace Millrace.Sql.Streaming;

/// <summary>The tables of a plan, each once, with all columns that any of its scans and its watermark need.</summary>
internal sealed class StreamInputs
{
    private readonly Dictionary<ISqlTable, StreamInput> _byTable = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<StreamInput> All => [.. _byTable.Values.OrderBy(i => i.Number)];

    public StreamInput this[ISqlTable table] => _byTable[table];

    public static async ValueTask<StreamInputs> OfAsync(LogicalPlan plan, FunctionTable functions, CancellationToken cancellation)
    {
        var scans = new List<LogicalScan>();
        Find(plan, scans);
        var inputs = new StreamInputs();
        foreach (ISqlTable table in scans.Select(s => s.Table).Distinct(ReferenceEqualityComparer.Instance).Cast<ISqlTable>())
        {
            RowQuery? watermark = table.Watermark is { } definition ? await BindAsync(table, definition, functions, cancellation).ConfigureAwait(false) : null;
            string[] columns = [.. scans.Where(s => ReferenceEquals(s.Table, table)).SelectMany(s => s.Columns.Select(c => c.Name)).Concat(watermark?.Columns ?? []).Distinct(StringComparer.Ordinal)];
            inputs._byTable.Add(table, new StreamInput(inputs._byTable.Count, table, columns)
            {
                Watermark = watermark,
                WatermarkColumns = [.. (watermark?.Columns ?? []).Select(c => Array.IndexOf(columns, c))],
            });
        }

        return inputs;
    }

    private static void Find(LogicalPlan plan, List<LogicalScan> scans)
    {
        if (plan is LogicalScan scan)
        {
            scans.Add(scan);
        }

        foreach (LogicalPlan input in plan.Inputs)
        {
            Find(input, scans);
        }
    }

    // The expression is the one column of a query over the table.
    private static async ValueTask<RowQuery> BindAsync(ISqlTable table, TableWatermark watermark, FunctionTable functions, CancellationToken cancellation)
    {
        const string name = "watermark";
        using var placeholder = new MemoryTable(name, table.Schema);
        var catalog = new MemoryCatalog();
        catalog.Add(placeholder);
        var query = new QuerySyntax(new SelectSyntax
        {
            Items = [new SelectItem(watermark.Expression, null)],
            From = new NamedTable(new QualifiedName([new Identifier(name)])),
        });
        BoundQuery bound = await QueryBinder.BindAsync(query, catalog, functions, cancellation).ConfigureAwait(false);
        return bound.Plan.Output[0].Type.Id is TypeId.Timestamp
            ? RowQuery.TryOf(bound) ?? throw StreamErrors.BadWatermark(table.Name, "looks at more than one row")
            : throw StreamErrors.BadWatermark(table.Name, $"is a {bound.Plan.Output[0].Type}");
    }
}
