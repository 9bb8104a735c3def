namespace Millrace.Connectors.Tests.Postgres;

/// <summary>What users of the database may do, and what the progress of jobs leaves as it was.</summary>
[Trait("speed", "slow")]
public sealed class PostgresRightsTests
{
    private static readonly SinkRequest Request = new() { Schema = WrittenTable.SchemaOf(("id", DataType.Int64)), RunId = "" };

    [Fact]
    public async Task Names_mean_what_they_meant_to_a_user_who_is_called_as_the_program()
    {
        var table = new WrittenTable();
        await table.WriteAsync(Request, ["1"]);
        Assert.Equal("public", table.Sql("SELECT current_schema()"));
    }

    [Fact]
    public async Task A_table_is_made_without_the_right_to_make_schemas()
    {
        var table = new WrittenTable();
        await table.WriteAsync(Request, ["1"]);
        table.Sql("DROP TABLE public.t; CREATE ROLE loader LOGIN; GRANT USAGE, CREATE ON SCHEMA public TO loader; GRANT USAGE ON SCHEMA _millrace TO loader; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA _millrace TO loader");
        await table.WriteAsync(Request, o => o with { User = "loader" }, ["2", "3"]);
        Assert.Equal("5", table.Sql("SELECT sum(id) FROM public.t"));
    }
}
