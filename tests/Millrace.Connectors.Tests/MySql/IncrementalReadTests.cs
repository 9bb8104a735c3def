namespace Millrace.Connectors.Tests.MySql;

/// <summary>Reads by a cursor see every row that there is, once it is there, wherever a run dies.</summary>
[Trait("speed", "slow")]
public class IncrementalReadTests
{
    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly string _database;

    public IncrementalReadTests() => _database = _server.NewDatabase();

    [Theory]
    [InlineData("bigint NOT NULL", "seq DIV 10")]
    [InlineData("datetime(6) NOT NULL", "'2024-01-01' + INTERVAL (seq DIV 10) SECOND")]
    [InlineData("timestamp NOT NULL", "'2024-01-01' + INTERVAL (seq DIV 10) SECOND")]
    [InlineData("date NOT NULL", "'2024-01-01' + INTERVAL (seq DIV 10) DAY")]
    [InlineData("varchar(20) NOT NULL", "LPAD(seq DIV 10, 8, '0')")]
    public async Task Rows_are_read_once_wherever_runs_die(string type, string value)
    {
        Sql($"CREATE TABLE t (id int, part binary(2), at {type}, PRIMARY KEY (id, part), INDEX (at))");
        int next = 0;
        void Add(int rows)
        {
            Sql($"INSERT INTO t SELECT seq, UNHEX(LPAD(HEX(seq % 7), 4, '0')), {value} FROM seq_{next}_to_{next + rows - 1}");
            next += rows;
        }

        // A time that was read does not come again, unlike a number.
        Add(100);
        var pulls = new TablePulls(_database, new ReadRequest { Stream = "t", Mode = ReadMode.Incremental, Cursor = "at", BatchRows = 7 });
        for (int run = 0; run < 12; run++)
        {
            await pulls.RunAsync(mostBatches: 3, between: run == 4 ? () => Add(10) : null);
        }

        await pulls.RunAsync();
        Add(40);
        await pulls.RunAsync();
        Assert.Equal(pulls.Rows.Count, pulls.Rows.Distinct().Count());

        // The last value of a number or text may come again, so its rows wait for the next.
        bool waits = type.StartsWith("bigint", StringComparison.Ordinal) || type.StartsWith("varchar", StringComparison.Ordinal) || type.StartsWith("date ", StringComparison.Ordinal);
        string greatest = Sql("SELECT count(*) FROM t WHERE at = (SELECT max(at) FROM t)");
        Assert.Equal(next - (waits ? int.Parse(greatest, System.Globalization.CultureInfo.InvariantCulture) : 0), pulls.Rows.Count);
    }

    // The bound is a value that was read: what lies between it and now may come yet.
    [Theory]
    [InlineData("datetime")]
    [InlineData("date")]
    public async Task A_row_of_the_future_makes_no_row_of_the_past_be_missed(string type)
    {
        Sql($"CREATE TABLE t (id int PRIMARY KEY, at {type}); INSERT INTO t VALUES (1, '2024-01-01'), (2, '9999-12-31')");
        var pulls = new TablePulls(_database, new ReadRequest { Stream = "t", Mode = ReadMode.Incremental, Cursor = "at" });

        await pulls.RunAsync();
        Sql("INSERT INTO t VALUES (3, '2024-01-02')");
        await pulls.RunAsync();
        Sql("INSERT INTO t VALUES (4, '2024-01-03')");
        await pulls.RunAsync();

        // Of dates the last one waits.
        Assert.Equal(type == "date" ? [1, 3] : [1, 3, 4], pulls.Rows.Select(r => (int)System.Text.Json.Nodes.JsonNode.Parse(r)!["id"]!));
    }

    [Fact]
    public async Task A_unique_number_waits_for_nothing_and_updates_are_seen_by_a_timestamp()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, v int, at timestamp(6) NOT NULL DEFAULT '2024-01-01', KEY (at)); INSERT INTO t (id, v) SELECT seq, 0 FROM seq_1_to_20");
        var byId = new TablePulls(_database, new ReadRequest { Stream = "t", Mode = ReadMode.Incremental, Cursor = "id" });
        Assert.Equal(20, await byId.RunAsync());
        Assert.Equal(0, await byId.RunAsync());

        var byTime = new TablePulls(_database, new ReadRequest { Stream = "t", Mode = ReadMode.Incremental, Cursor = "at" });
        Assert.Equal(20, await byTime.RunAsync());
        Sql("UPDATE t SET v = 1, at = '2024-01-02' WHERE id % 2 = 0");
        Assert.Equal(10, await byTime.RunAsync());
        Assert.Equal(20, byTime.ById.Count());
        Sql("INSERT INTO t VALUES (100, 2, '2037-01-01')");
        Assert.Equal(0, await byTime.RunAsync());
    }

    [Fact]
    public async Task Looking_back_reads_rows_again_and_nulls_are_read_once_with_a_remark()
    {
        Sql("CREATE TABLE t (id int PRIMARY KEY, at datetime NULL, KEY (at)); INSERT INTO t SELECT seq, '2024-01-01' + INTERVAL seq MINUTE FROM seq_1_to_10; INSERT INTO t VALUES (11, NULL)");
        var pulls = new TablePulls(_database, new ReadRequest { Stream = "t", Mode = ReadMode.Incremental, Cursor = "at", Lookback = TimeSpan.FromMinutes(3) });
        Assert.Equal(11, await pulls.RunAsync());
        Assert.Contains("NULL", Assert.Single(pulls.Notes), StringComparison.Ordinal);
        Assert.Equal(4, await pulls.RunAsync());
        Assert.Equal(11, pulls.ById.Count());
    }

    [Theory]
    [InlineData(null, "MR3330", "needs a cursor")]
    [InlineData("nope", "MR3330", "no column 'nope'")]
    [InlineData("j", "MR3330", "do not grow")]
    [InlineData("v", "MR3330", "no primary key")]
    public async Task A_cursor_that_will_not_do_is_refused(string? cursor, string code, string message)
    {
        Sql("CREATE TABLE t (v int, j json)");
        var pulls = new TablePulls(_database, new ReadRequest { Stream = "t", Mode = ReadMode.Incremental, Cursor = cursor });
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => pulls.RunAsync());
        Assert.Equal(code, e.Code.Id);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private string Sql(string sql) => _server.Sql(_database, sql);
}
