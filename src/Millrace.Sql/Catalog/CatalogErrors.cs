namespace Millrace.Sql.Catalog;

/// <summary>What can go wrong when tables are looked up.</summary>
public static class CatalogErrors
{
    public static readonly ErrorCode CannotOpenCode = new("MR5290", "A file or address stands in FROM where none can be opened.", "Use the name of a table.");
}
