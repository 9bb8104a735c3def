using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Binding;

/// <summary>A catalog of views only.</summary>
internal sealed class ViewCatalog(IReadOnlyDictionary<string, string> views) : ISqlCatalog
{
    public IReadOnlyCollection<string> Names => [.. views.Keys];

    public ValueTask<ISqlTable?> FindAsync(QualifiedName name, CancellationToken cancellation) => new((ISqlTable?)null);

    public QuerySyntax? FindView(QualifiedName name) => views.TryGetValue(name.ToString(), out string? sql) ? PlanKit.Parse(sql) : null;

    public ValueTask<ISqlTable> OpenAsync(string location, IReadOnlyList<Field> columns, IReadOnlyDictionary<string, string> options, CancellationToken cancellation) => throw new NotSupportedException();
}
