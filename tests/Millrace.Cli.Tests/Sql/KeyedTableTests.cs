using Millrace.Runtime.Sql;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Tables with a primary key in files and in the session.</summary>
public sealed class KeyedTableTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly SqlSession _session;

    public KeyedTableTests() => _session = new SqlSession(Composition.Connectors, _folder.Path);

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_table_over_files_holds_the_last_row_of_each_key()
    {
        WriteFiles();
        await RunAsync("CREATE TABLE c (id BIGINT PRIMARY KEY, name VARCHAR, v INT) WITH (path = 'c/', format = 'csv')");
        Assert.Equal(["1|anne", "2|bobby", "3|cy"], await RunAsync("SELECT id, name FROM c ORDER BY id"));
        await RunAsync("CREATE STREAM s (id BIGINT PRIMARY KEY, name VARCHAR, v INT) WITH (path = 'c/', format = 'csv')");
        Assert.Equal(["5"], await RunAsync("SELECT count(*) FROM s"));
    }

    [Fact]
    public async Task The_column_of_a_version_decides_where_it_is_named()
    {
        WriteFiles();
        await RunAsync("CREATE TABLE c (id BIGINT, name VARCHAR, v INT, PRIMARY KEY (id)) WITH (path = 'c/', format = 'csv', version.column = 'v')");
        Assert.Equal(["1|ann", "2|bobby", "3|cy"], await RunAsync("SELECT id, name FROM c ORDER BY id"));
    }

    [Fact]
    public async Task A_table_of_the_session_holds_the_last_row_that_was_put_in()
    {
        await RunAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, x TEXT)");
        await RunAsync("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (1, 'c')");
        await RunAsync("INSERT INTO t VALUES (2, 'd')");
        Assert.Equal(["1|c", "2|d"], await RunAsync("SELECT * FROM t ORDER BY id"));
    }

    [Theory]
    [InlineData("CREATE TABLE t (id BIGINT PRIMARY KEY, x TEXT, PRIMARY KEY (x))", "two primary keys")]
    [InlineData("CREATE TABLE t (key_of BIGINT, PRIMARY KEY (key_off))", "did you mean 'key_of'")]
    [InlineData("CREATE STREAM t (id BIGINT PRIMARY KEY)", "primary key")]
    [InlineData("CREATE STREAM t (id BIGINT PRIMARY KEY, v INT) WITH (path = 'c/', version.column = 'v')", "no table with a primary key")]
    public async Task A_key_that_means_nothing_is_refused(string create, string message)
        => Assert.Contains(message, (await Assert.ThrowsAsync<MillraceException>(() => RunAsync(create))).Message, StringComparison.Ordinal);

    private async Task<string[]> RunAsync(string sql) => [.. (await LogicTests.RowsAsync(_session, sql)).Select(r => r.Replace('\t', '|'))];

    private void WriteFiles()
    {
        Directory.CreateDirectory(_folder["c"]);
        File.WriteAllText(_folder["c/1.csv"], "id,name,v\n1,ann,7\n2,bob,1\n1,anne,3\n");
        File.WriteAllText(_folder["c/2.csv"], "id,name,v\n2,bobby,1\n3,cy,\n");
    }
}
