using System.ComponentModel;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>A catalog in two tables of PostgreSQL, as Iceberg's JDBC catalog and PyIceberg's SQL catalog lay them out.</summary>
public sealed record SqlCatalogOptions
{
    [Description("Database of the catalog: postgres://user@host:port/database. User and password may come from PGUSER, PGPASSWORD or the password file, too.")]
    [OptionExample("postgres://lake@db.example.org/catalog")]
    public required string Uri { get; init; }

    [Description("User, if not in the address.")]
    public string? User { get; init; }

    [Description("Password.")]
    [OptionExample("${PGPASSWORD}")]
    public string? Password { get; init; }

    [Description("Name of the catalog, as other engines call it: one database may hold several.")]
    [OptionExample("lake")]
    public string Name { get; init; } = "default";

    [Description("Folder that new tables are made in, as warehouse/namespace/table.")]
    [OptionExample("s3://bucket/warehouse")]
    public string? Warehouse { get; init; }

    [Description("How long a connection may take to come about, and a statement to be done.")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Without the secrets, for logs and error messages.</summary>
    public override string ToString() => $"{Common.ServerLocation.Masked(Uri)} {Name}";
}
