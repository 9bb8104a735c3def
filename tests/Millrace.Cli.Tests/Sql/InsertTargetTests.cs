using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>The columns that a target declares decide what is written into it, whether the query ends or runs on.</summary>
public sealed class InsertTargetTests : IDisposable
{
    private const string Orders = "id,price,name\n1,2.345,ann\n2,10,bob\n";

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly SqlSession _session;

    public InsertTargetTests()
    {
        _session = new SqlSession(Composition.Connectors, _folder.Path);
        Directory.CreateDirectory(_folder["in"]);
        File.WriteAllText(_folder["in/a.csv"], Orders);
    }

    public static TheoryData<string> Ways => ["ends", "runs on"];

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_is_written_has_the_declared_names_types_and_order(string way)
    {
        await SourceAsync(way);
        await RunAsync("CREATE TABLE o (key BIGINT, price DECIMAL(10,2), label VARCHAR) WITH (path = 'out/', format = 'csv')");
        await RunAsync("INSERT INTO o SELECT id, price, name FROM orders");
        Assert.Equal("key,price,label\n1,2.35,ann\n2,10.00,bob\n", Written());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_list_of_columns_fills_those_and_leaves_the_others_null(string way)
    {
        await SourceAsync(way);
        await RunAsync("CREATE TABLE o (key BIGINT, at TIMESTAMP, price DECIMAL(10,2), label VARCHAR) WITH (path = 'out/', format = 'csv')");
        await RunAsync("INSERT INTO o (LABEL, key) SELECT name, id FROM orders");
        Assert.Equal("key,at,price,label\n1,,,ann\n2,,,bob\n", Written());
    }

    [Fact]
    public async Task A_way_of_writing_that_statements_do_not_know_is_refused_and_nothing_is_written()
    {
        await SourceAsync("ends");
        await RunAsync("CREATE TABLE o (key BIGINT) WITH (path = 'out/', format = 'csv')");
        var error = await Assert.ThrowsAsync<MillraceException>(() => RunAsync("INSERT INTO o SELECT id FROM orders WITH ('write' = 'merge')"));
        Assert.Equal(SqlErrors.BadDefinition, error.Code);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Select_into_a_declared_target_is_the_same_as_an_insert(string way)
    {
        await SourceAsync(way);
        await RunAsync("CREATE TABLE o (key INTEGER, label VARCHAR) WITH (path = 'out/', format = 'csv')");
        await RunAsync("SELECT id, name INTO o FROM orders");
        Assert.Equal("key,label\n1,ann\n2,bob\n", Written());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_list_of_columns_gives_the_columns_of_a_target_without_any_their_names(string way)
    {
        await SourceAsync(way);
        await RunAsync("CREATE TABLE o WITH (path = 'out/', format = 'csv')");
        await RunAsync("INSERT INTO o (a, b) SELECT name, id FROM orders");
        Assert.Equal("a,b\nann,1\nbob,2\n", Written());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_name_that_a_column_has_in_the_source_is_the_one_that_is_written(string way)
    {
        await SourceAsync(way);
        await RunAsync("CREATE TABLE o (key BIGINT FROM 'Order number', label VARCHAR) WITH (path = 'out/', format = 'csv')");
        await RunAsync("INSERT INTO o (key, label) SELECT id, name FROM orders");
        Assert.Equal("Order number,label\n1,ann\n2,bob\n", Written());
        Assert.Equal(["1", "2"], await LogicTests.RowsAsync(_session, "SELECT key FROM o ORDER BY key"));
    }

    [Theory]
    [InlineData("ends", "SELECT id, price * 100000 FROM orders", "MR5203", "price")]
    [InlineData("runs on", "SELECT id, price * 100000 FROM orders", "MR5203", "price")]
    [InlineData("ends", "SELECT nullif(id, 2), price FROM orders", "MR5205", "key")]
    [InlineData("runs on", "SELECT nullif(id, 2), price FROM orders", "MR5205", "key")]
    public async Task A_value_that_does_not_fit_ends_a_statement_and_names_the_column(string way, string query, string code, string column)
    {
        await SourceAsync(way);
        await RunAsync("CREATE TABLE o (key BIGINT NOT NULL, price DECIMAL(7,2)) WITH (path = 'out/', format = 'csv')");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => RunAsync($"INSERT INTO o {query}"));
        Assert.Equal(code, error.Code.Id);
        Assert.Contains($"Column '{column}'", error.Message, StringComparison.Ordinal);
        Assert.Equal("", Written());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_row_that_does_not_fit_goes_the_way_of_the_failure_strategy_of_the_target(string way)
    {
        await SourceAsync(way);
        await RunAsync("CREATE TABLE o (key BIGINT PRIMARY KEY, label VARCHAR(3)) WITH (path = 'out/', format = 'csv', changelog = 'append', 'failure.strategy' = 'log_and_continue')");
        await RunAsync("INSERT INTO o SELECT nullif(id, 1), name FROM orders UNION ALL SELECT 7, 'äöüß' FROM orders WHERE id = 1 UNION ALL SELECT 8, 'äöü' FROM orders WHERE id = 1");
        Assert.Equal(["2,bob", "8,äöü"], Written().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("INSERT INTO o SELECT id FROM orders", "MR5109", "3 columns of 'o' are to be filled (key bigint, price decimal(10,2), label varchar(5)), and the query gives 1 (id bigint).", "SELECT")]
    [InlineData("INSERT INTO o (key, label) SELECT id FROM orders", "MR5109", "2 columns of 'o' are to be filled (key, label), and the query gives 1 (id bigint).", "SELECT")]
    [InlineData("INSERT INTO o (key, lable) SELECT id, name FROM orders", "MR5102", "'o' has no column 'lable' (did you mean 'label'?).", "lable")]
    [InlineData("INSERT INTO o (key, key) SELECT id, id FROM orders", "MR5110", "There are two columns in the list with the name 'key'.", "key)")]
    [InlineData("INSERT INTO o (label) SELECT name FROM orders", "MR5119", "Column 'key' of 'o' takes no null, and the statement does not fill it.", "label")]
    [InlineData("INSERT INTO o SELECT name, price, name FROM orders", "MR5119", "Column 'key' of 'o' is bigint, and the query gives 'name' as varchar, which does not become that by itself.", "name, price")]
    [InlineData("INSERT INTO o SELECT id, true, name FROM orders", "MR5119", "Column 'price' of 'o' is decimal(10,2), and the query gives", "true")]
    [InlineData("INSERT INTO o SELECT 'x1', price, name FROM orders", "MR5112", "'x1' is not a bigint.", "'x1'")]
    [InlineData("INSERT INTO o VALUES (1, 2, 'a'), ('y', 'z', 'b')", "MR5112", "'y' is not", "'y'")]
    [InlineData("INSERT INTO o (key, price) VALUES (1, 'z')", "MR5112", "'z' is not a decimal(10,2).", "'z'")]
    public async Task What_can_never_fit_is_refused_before_anything_runs(string insert, string code, string message, string at)
    {
        foreach (string way in (string[])["ends", "runs on"])
        {
            await SourceAsync(way);
            await RunAsync("CREATE OR REPLACE TABLE o (key BIGINT NOT NULL, price DECIMAL(10,2), label VARCHAR(5)) WITH (path = 'out/', format = 'csv')");
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => ExecuteAsync(insert));
            Assert.Equal(code, error.Code.Id);
            Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
            Assert.Equal(insert.IndexOf(at, StringComparison.Ordinal), error.Place!.Offset);
        }
    }

    [Fact]
    public async Task Literals_take_the_types_of_the_columns()
    {
        await RunAsync("CREATE TABLE o (at TIMESTAMP, day DATE, n SMALLINT, label VARCHAR(5)) WITH (path = 'out/', format = 'csv')");
        await RunAsync("INSERT INTO o VALUES ('2026-01-02 03:04:05', '2026-01-02', '7', 12), (NULL, DATE '2026-01-03' , 1.6, 'ab')");
        Assert.Equal("at,day,n,label\n2026-01-02T03:04:05,2026-01-02,7,12\n,2026-01-03,2,ab\n", Written());
    }

    [Fact]
    public async Task Keys_of_a_changelog_are_found_under_the_declared_names_and_types()
    {
        await SourceAsync("runs on");
        await RunAsync("CREATE TABLE o (person VARCHAR, orders INTEGER) WITH (path = 'out/', format = 'csv', changelog = 'upsert')");
        await RunAsync("INSERT INTO o SELECT name, count(*) FROM orders GROUP BY name");
        Assert.StartsWith("_op,person,orders\n", Written(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_in_memory_made_of_a_query_has_the_declared_columns()
    {
        await RunAsync("CREATE TABLE m (a BIGINT, b VARCHAR(3)) AS SELECT 1, 'abc'");
        await RunAsync("INSERT INTO m (b) SELECT 'xy'");
        Assert.Equal(["1\tabc", "NULL\txy"], await LogicTests.RowsAsync(_session, "SELECT a, b FROM m ORDER BY a"));
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => RunAsync("INSERT INTO m VALUES (2, 'abcd')"));
        Assert.Equal("MR5206", error.Code.Id);
        Assert.Equal(["2"], await LogicTests.RowsAsync(_session, "SELECT count(*) FROM m"));
    }

    private Task SourceAsync(string way)
        => RunAsync($"SET drain = on; CREATE OR REPLACE STREAM orders (id BIGINT, price DOUBLE, name VARCHAR) WITH (path = 'in/*.csv', follow = '{(way == "runs on" ? "true" : "false")}')");

    private async Task RunAsync(string statements)
    {
        foreach (StatementSyntax statement in SqlParser.ParseScript(new SourceText(statements)))
        {
            await _session.RunAsync(statement, TestContext.Current.CancellationToken);
        }
    }

    private async Task ExecuteAsync(string statement)
        => await (await _session.ExecuteAsync(SqlParser.ParseStatement(new SourceText(statement)), TestContext.Current.CancellationToken)).DisposeAsync();

    private string Written()
        => !Directory.Exists(_folder["out"]) ? "" : string.Concat(Directory.GetFiles(_folder["out"], "*.csv").Order(StringComparer.Ordinal).Select(File.ReadAllText)).ReplaceLineEndings("\n");
}
