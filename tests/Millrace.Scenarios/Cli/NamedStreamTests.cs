namespace Millrace.Scenarios.Cli;

/// <summary>Commands that look at a source take the streams that its location names; names come to a target whatever they hold.</summary>
[Trait("speed", "slow")]
public sealed class NamedStreamTests : IDisposable
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;

    public NamedStreamTests()
    {
        _database = _server.NewDatabase();
        _millrace = new MillraceProcess(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("w.a", "w.a")]
    [InlineData("w.*", "w.a w.b")]
    [InlineData("*,-w.b", "public.t w.a")]
    public async Task Streams_of_a_location_are_discovered_alone(string stream, string expected)
    {
        Sql("CREATE TABLE t (id int); CREATE SCHEMA w; CREATE TABLE w.a (id int); CREATE TABLE w.b (id int)");
        MillraceResult result = await _millrace.RunAsync("discover", $"{_server.Location(_database)}?stream={stream}", "--json");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(expected, string.Join(' ', result.Json.Select(j => (string)j["stream"]!)));
    }

    [Theory]
    [InlineData("public.people")]
    [InlineData("peo*")]
    public async Task A_contract_is_made_of_the_stream_of_a_location_with_what_comments_say_of_columns(string stream)
    {
        Sql("CREATE TABLE other (id int); CREATE TABLE people (id int PRIMARY KEY, email text, phone text); COMMENT ON COLUMN people.email IS 'classification: confidential'; INSERT INTO people VALUES (1, 'ada@example.org', '555')");
        MillraceResult result = await _millrace.RunAsync("asset", "generate", $"{_server.Location(_database)}?stream={stream}");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Contains("object: public.people", result.Output, StringComparison.Ordinal);
        Assert.Contains("    classification: confidential\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("(email:", result.Output, StringComparison.Ordinal);
        Assert.Contains("# proposed, to be decided: classification: pii (phone:", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_with_dots_and_quotes_in_their_names_get_tables_of_the_same_names_in_MySQL()
    {
        MariaDbTestServer other = MariaDbTestServer.Demand();
        string target = other.NewDatabase();
        Sql("CREATE SCHEMA n; CREATE TABLE n.\"a.b\" AS SELECT 1 AS id; CREATE TABLE n.\"b`t\" AS SELECT 2 AS id; CREATE TABLE n.\"q\"\"t\" AS SELECT 3 AS id");
        MillraceResult there = await _millrace.RunAsync("copy", $"{_server.Location(_database)}?stream=n.*", $"{other.Location(target)}?table={{schema}}_{{table}}");
        Assert.True(there.ExitCode == 0, there.Errors + there.Output);
        Assert.Equal("1|2|3", other.Sql(target, "SELECT (SELECT id FROM `n_a.b`), (SELECT id FROM `n_b``t`), (SELECT id FROM `n_q\"t`)"));

        MillraceResult back = await _millrace.RunAsync("copy", $"{other.Location(target)}?stream={target}.*", $"{_server.Location(_database)}?stream=public.*");
        Assert.True(back.ExitCode == 0, back.Errors + back.Output);
        Assert.Equal("1|2|3", Sql("SELECT (SELECT id FROM public.\"n_a.b\"), (SELECT id FROM public.\"n_b`t\"), (SELECT id FROM public.\"n_q\"\"t\")"));
    }

    private string Sql(string sql) => _server.Sql(_database, sql);
}
