namespace Millrace.Scenarios.Cli;

/// <summary>Statements write a table of a database whose definition names a primary key.</summary>
[Trait("speed", "slow")]
public sealed class MergedTableTests : IDisposable
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;

    public MergedTableTests()
    {
        _database = _server.NewDatabase();
        _millrace = new MillraceProcess(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("TABLE", "")]
    [InlineData("STREAM", "")]
    [InlineData("STREAM", ", changelog = 'upsert'")]
    public async Task The_table_holds_one_row_of_each_key_however_often_the_statement_runs(string kind, string options)
    {
        string watermark = kind == "STREAM" ? ", WATERMARK FOR ts AS ts" : "";
        _folder.Write("inbox/1.csv", "id,k,ts\n1,a,2026-01-01T00:00:00\n2,b,2026-01-01T00:00:01\n3,a,2026-01-01T00:00:02\n");
        _folder.Write("job.sql", $"""
            CREATE {kind} a (id bigint, k varchar, ts timestamp{watermark}) WITH (connector = 'files', path = 'inbox/*.csv', format = 'csv');
            CREATE TABLE o (k varchar, n bigint, PRIMARY KEY (k)) WITH (connector = 'postgres', host = '127.0.0.1', port = {_server.Port}, database = '{_database}', user = '{DatabaseTestServer.User}', table = 'public.o'{options});
            SET drain = on;
            INSERT INTO o SELECT k, count(*) AS n FROM a GROUP BY k;
            """);

        await RunAsync();
        Assert.Equal("a|2\nb|1", Rows());

        _folder.Write("inbox/2.csv", "id,k,ts\n4,a,2026-01-01T00:00:03\n5,c,2026-01-01T00:00:04\n");
        await RunAsync();
        Assert.Equal("a|3\nb|1\nc|1", Rows());
    }

    private async Task RunAsync()
    {
        MillraceResult result = await _millrace.RunAsync("sql", "job.sql");
        Assert.True(result.ExitCode == 0, result.Errors);
    }

    private string Rows() => _server.Sql(_database, "SELECT * FROM public.o ORDER BY k");
}
