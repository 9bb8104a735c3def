using Millrace.Connectors.Files;
using Millrace.Connectors.Iceberg;
using Millrace.Connectors.MySql;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests;

/// <summary>A target stays the same target when its options say otherwise how to reach and write it; what a source keeps on its server goes by that.</summary>
public sealed class TargetIdentityTests
{
    private static readonly ConnectorContext Here = new() { Job = "j", BaseDirectory = "/jobs/a" };
    private static readonly ConnectorContext There = new() { Job = "j", BaseDirectory = "/jobs/b" };

    [Fact]
    public void A_table_of_PostgreSql_is_told_by_server_and_name()
    {
        var options = new PostgresTargetOptions { Host = "db", Database = "dw", Table = "orders" };
        string same = Of(new PostgresConnector(), options, Here);
        Assert.Equal(same, Of(new PostgresConnector(), options with { Table = "public.orders", Password = "new", NetworkTimeout = TimeSpan.FromSeconds(5), SchemaChanges = SchemaChanges.Widen }, There));
        Assert.NotEqual(same, Of(new PostgresConnector(), options with { Table = "raw.orders" }, Here));
        Assert.NotEqual(same, Of(new PostgresConnector(), options with { Host = "other" }, Here));
    }

    [Fact]
    public void A_table_of_MySql_is_told_by_server_and_name()
    {
        var options = new MySqlTargetOptions { Host = "db", Database = "dw", Table = "orders" };
        string same = Of(new MySqlConnector(), options, Here);
        Assert.Equal(same, Of(new MySqlConnector(), options with { User = "u", Password = "new", Compress = true }, There));
        Assert.NotEqual(same, Of(new MySqlConnector(), options with { Database = "other" }, Here));
    }

    [Fact]
    public void A_folder_is_told_by_its_place()
    {
        var files = new FilesTargetOptions { Path = "out/" };
        Assert.Equal(Of(new FilesConnector(), files, Here), Of(new FilesConnector(), files with { Path = "/jobs/a/out/", MaxFileRows = 5 }, There));
        Assert.NotEqual(Of(new FilesConnector(), files, Here), Of(new FilesConnector(), files, There));
        var remote = new FilesTargetOptions { Path = "s3://lake/out/" };
        Assert.Equal(Of(new FilesConnector(), remote, Here), Of(new FilesConnector(), remote, There));
    }

    [Fact]
    public void A_table_of_Iceberg_is_told_by_its_place_and_branch()
    {
        var table = new IcebergTargetOptions { Path = "lake/orders" };
        string same = Of(new IcebergConnector(), table, Here);
        Assert.Equal(same, Of(new IcebergConnector(), table with { Path = "/jobs/a/lake/orders", MaxOpenFiles = 5 }, There));
        Assert.NotEqual(same, Of(new IcebergConnector(), table, There));
        Assert.NotEqual(same, Of(new IcebergConnector(), table with { Branch = "audit" }, Here));
    }

    private static string Of(Connector connector, object options, ConnectorContext context) => connector.TargetOf(options, context);
}
