using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Binding;

/// <summary>Tables and views for tests of binding; counts how often it is asked.</summary>
internal sealed class PlanCatalog : ISqlCatalog
{
    private readonly Dictionary<string, ISqlTable> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _views = new(StringComparer.OrdinalIgnoreCase);

    public PlanCatalog()
    {
        Add("t", 1000, "a int not null, b int, c bigint, s varchar, d decimal(10,2), x double, day date, ts timestamp");
        Add("u", 100, "a int not null, b int, name varchar");
        Add("v", null, "a int, k varchar");
        Add("orders", 1_000_000, "id bigint not null, customer int, amount decimal(12,2), at timestamp, items array<struct<sku varchar, n int>>, tags array<varchar>");
        Add("customers", 10_000, "id int not null, name varchar, country varchar, address struct<city varchar, zip varchar>");
        Add("countries", 200, "code varchar not null, title varchar");
        Add("events", null, "k varchar, v int", "_event_time timestamp");
        _views["big"] = "SELECT a, b FROM t WHERE b > 10";
        _views["loop1"] = "SELECT * FROM loop2";
        _views["loop2"] = "SELECT * FROM loop1";
    }

    public List<string> Asked { get; } = [];

    public IReadOnlyCollection<string> Names => [.. _tables.Keys, .. _views.Keys];

    public ValueTask<ISqlTable?> FindAsync(QualifiedName name, CancellationToken cancellation)
    {
        Asked.Add(name.ToString());
        return new(_tables.GetValueOrDefault(name.ToString()));
    }

    public QuerySyntax? FindView(QualifiedName name) => _views.TryGetValue(name.ToString(), out string? sql) ? PlanKit.Parse(sql) : null;

    public ValueTask<ISqlTable> OpenAsync(string location, IReadOnlyList<Field> columns, IReadOnlyDictionary<string, string> options, CancellationToken cancellation)
        => new(new EstimatedTable($"'{location}'", new Schema(columns.Count > 0 ? columns : [new Field("line", DataType.Utf8)]), null));

    private void Add(string name, long? rows, string columns, string? system = null)
        => _tables.Add(name, new EstimatedTable(name, new Schema(DataType.Parse($"struct<{columns}>").Children), rows) { SystemColumns = system is null ? [] : DataType.Parse($"struct<{system}>").Children });
}
