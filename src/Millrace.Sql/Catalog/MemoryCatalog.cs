using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Catalog;

/// <summary>A catalog of tables that are given to it and of views. It opens no files.</summary>
public sealed class MemoryCatalog : ISqlCatalog
{
    private readonly Dictionary<string, ISqlTable> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, QuerySyntax> _views = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<string> Names => [.. _tables.Keys, .. _views.Keys];

    /// <summary>Adds a table under its name; it stays the caller's to dispose.</summary>
    public void Add(ISqlTable table) => _tables.Add(table.Name, table);

    public void AddView(string name, QuerySyntax query) => _views.Add(name, query);

    public ValueTask<ISqlTable?> FindAsync(QualifiedName name, CancellationToken cancellation) => new(_tables.GetValueOrDefault(name.ToString()));

    public QuerySyntax? FindView(QualifiedName name) => _views.GetValueOrDefault(name.ToString());

    public ValueTask<ISqlTable> OpenAsync(string location, IReadOnlyList<Field> columns, IReadOnlyDictionary<string, string> options, CancellationToken cancellation)
        => throw CatalogErrors.CannotOpenCode.Error($"'{location}' cannot be opened here: only tables in memory can be read.");
}
