using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Catalog;

/// <summary>
/// What names in <c>FROM</c> mean, and times without a zone. Asked before binding, once for each table that a statement names, so that binding itself
/// waits for nothing.
/// </summary>
public interface ISqlCatalog
{
    /// <summary>Names of tables, streams and views, for messages and completion.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Zone of times that have none where one is needed: that in which the statement will run.</summary>
    TimeZoneInfo TimeZone => TimeZoneInfo.Utc;

    /// <summary>A table or stream by name; null if there is none.</summary>
    ValueTask<ISqlTable?> FindAsync(QualifiedName name, CancellationToken cancellation);

    /// <summary>A table as it was, which is an error for one that knows only the present.</summary>
    /// <param name="table">One that this catalog gave.</param>
    /// <param name="version">The state that is wanted.</param>
    /// <param name="cancellation">Stops the opening.</param>
    ValueTask<ISqlTable> AsOfAsync(ISqlTable table, TableVersion version, CancellationToken cancellation) => throw CatalogErrors.NoVersions(table.Name);

    /// <summary>The query of a view; null if there is none.</summary>
    QuerySyntax? FindView(QualifiedName name);

    /// <summary>Opens a file or URI, which is an error with a hint where that cannot be done.</summary>
    /// <param name="location">As it stands in the statement.</param>
    /// <param name="columns">Columns and types that it is to have; empty for what it has.</param>
    /// <param name="options">Options by name.</param>
    /// <param name="cancellation">Stops the opening.</param>
    ValueTask<ISqlTable> OpenAsync(string location, IReadOnlyList<Field> columns, IReadOnlyDictionary<string, string> options, CancellationToken cancellation);
}
