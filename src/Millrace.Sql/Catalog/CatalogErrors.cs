namespace Millrace.Sql.Catalog;

/// <summary>What can go wrong when tables are looked up.</summary>
public static class CatalogErrors
{
    public static readonly ErrorCode CannotOpenCode = new("MR5290", "A file or address stands in FROM where none can be opened.", "Use the name of a table.");
    public static readonly ErrorCode NoVersionsCode = new("MR5291", "A table knows only its present state.", "FOR VERSION AS OF and FOR TIMESTAMP AS OF are for tables that keep their past, such as iceberg('lake/orders').");

    public static MillraceException NoVersions(string table) => NoVersionsCode.Error($"{table} has no states of the past to be read as of.");
}
