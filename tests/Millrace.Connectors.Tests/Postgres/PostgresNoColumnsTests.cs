using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>A table may have rows and no columns; there is nothing in them to move.</summary>
[Trait("speed", "slow")]
public sealed class PostgresNoColumnsTests
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;

    public PostgresNoColumnsTests()
    {
        _database = _server.NewDatabase();
        _server.Sql(_database, "CREATE TABLE public.bare (); INSERT INTO public.bare DEFAULT VALUES; CREATE TABLE public.t (id int)");
    }

    [Fact]
    public async Task It_is_refused_before_it_is_read()
    {
        await using PostgresSource source = Open("public.bare");
        foreach (ReadRequest request in new[] { new ReadRequest(), new ReadRequest { Columns = [] }, new ReadRequest { Mode = ReadMode.Incremental, Cursor = "id" } })
        {
            var error = await Assert.ThrowsAsync<MillraceException>(() => source.PlanAsync(request, default).AsTask());
            Assert.Equal(("MR3217", "public.bare"), (error.Code.Id, error.Place?.Stream));
        }

        Assert.False((await source.CheckAsync(default)).Ok);
    }

    [Fact]
    public async Task It_is_none_of_the_streams()
    {
        await using PostgresSource source = Open(null);
        var names = new List<string>();
        await foreach (StreamDescription stream in source.DiscoverAsync(default))
        {
            names.Add(stream.Name);
        }

        Assert.Equal(["public.t"], names);
    }

    [Fact]
    public async Task Rows_without_columns_make_no_table()
    {
        var table = new WrittenTable();
        var error = await Assert.ThrowsAsync<MillraceException>(() => table.WriteAsync(new SinkRequest { Schema = new Schema([]), RunId = "" }, Array.Empty<string>()));
        Assert.Equal("MR3211", error.Code.Id);
        Assert.Equal("t", table.Sql("SELECT to_regclass('public.t') IS NULL"));
    }

    [Fact]
    public async Task As_a_target_it_gets_the_columns_of_the_rows()
    {
        var table = new WrittenTable("CREATE TABLE public.t ()");
        await table.WriteAsync(new SinkRequest { Schema = WrittenTable.SchemaOf(("id", DataType.Int64)), RunId = "" }, ["1"]);
        Assert.Equal("1", table.Sql("SELECT * FROM public.t"));
    }

    private PostgresSource Open(string? table) => new(
        new PostgresSourceOptions { Host = "127.0.0.1", Port = _server.Port, Database = _database, User = DatabaseTestServer.User, Table = table }, new ConnectorContext { Job = "bare" });
}
