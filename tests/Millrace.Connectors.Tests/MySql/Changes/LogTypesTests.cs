using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql.Changes;

/// <summary>Values out of the binary log are those that a query gives.</summary>
[Trait("speed", "slow")]
public sealed class LogTypesTests
{
    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();

    public static TheoryData<string, string> Types => new()
    {
        { "tinyint", "-128; 0; 127" },
        { "tinyint(1)", "0; 1; -5" },
        { "tinyint unsigned", "0; 255" },
        { "smallint", "-32768; 32767" },
        { "smallint unsigned zerofill", "7; 65535" },
        { "mediumint", "-8388608; -1; 8388607" },
        { "mediumint unsigned", "0; 16777215" },
        { "int", "-2147483648; 2147483647" },
        { "int unsigned", "0; 4294967295" },
        { "bigint", "-9223372036854775808; 9223372036854775807" },
        { "bigint unsigned", "0; 18446744073709551615" },
        { "decimal(1,0)", "0; -9; 9" },
        { "decimal(9,2)", "0; -0.01; 9999999.99; -1234567.89" },
        { "decimal(18,9)", "-123456789.987654321; 0.000000001" },
        { "decimal(20,10)", "1234567890.0123456789; -1.5" },
        { "decimal(38,20)", "123456789012345678.12345678901234567890; -0.00000000000000000001" },
        { "decimal(38,0)", "99999999999999999999999999999999999999; -99999999999999999999999999999999999999" },
        { "decimal(5,5)", "0.12345; -0.99999" },
        { "decimal(65,30)", "1234567.123456789; -1" },
        { "float", "0.1; -3.4e38; 1.17549e-38; 16777217" },
        { "double", "0.1; -1.7976931348623157e308; 5e-324; 1e22" },
        { "bit(1)", "0; 1" },
        { "bit(5)", "21; 0" },
        { "bit(64)", "18446744073709551615; 1" },
        { "year", "1901; 2024; 2155; 0" },
        { "date", "'1000-01-01'; '2024-02-29'; '9999-12-31'" },
        { "datetime", "'1000-01-01 00:00:00'; '2024-02-29 12:34:56'; '9999-12-31 23:59:59'" },
        { "datetime(1)", "'2024-02-29 12:34:56.7'" },
        { "datetime(3)", "'2024-02-29 12:34:56.789'; '0001-01-01 00:00:00.001'" },
        { "datetime(6)", "'2024-02-29 12:34:56.789123'; '1969-12-31 23:59:59.999999'" },
        { "timestamp NULL", "'1970-01-01 00:00:01'; '2038-01-19 03:14:07'" },
        { "timestamp(2) NULL", "'2024-02-29 12:34:56.12'" },
        { "timestamp(6) NULL", "'2024-02-29 12:34:56.789123'" },
        { "time", "'00:00:00'; '23:59:59'; '12:34:56'" },
        { "time(1)", "'12:34:56.7'" },
        { "time(4)", "'12:34:56.7891'" },
        { "time(6)", "'00:00:00.000001'; '23:59:59.999999'" },
        { "char(5)", "'ab'; ''; 'h\u00e9'" },
        { "char(200)", "REPEAT('\u00e9', 200)" },
        { "varchar(20)", "'abc'; ' a '; ''; '\u2603'" },
        { "varchar(1000)", "REPEAT('x', 1000)" },
        { "varchar(20) CHARACTER SET latin1", "'h\u00e9'; '\u20ac'" },
        { "char(20) CHARACTER SET utf16", "'h\u00e9\ud83d\ude00'" },
        { "text CHARACTER SET cp1251", "'\u043f\u0440\u0438\u0432\u0435\u0442'" },
        { "varchar(20) CHARACTER SET utf8mb3", "'h\u00e9\u2603'" },
        { "varchar(20) COLLATE uca1400_ai_ci", "'h\u00e9\u2603'" },
        { "tinytext", "'a'" },
        { "text", "'h\u00e9 \u2603 \ud83d\ude00'; ''" },
        { "mediumtext", "REPEAT('m', 70000)" },
        { "longtext", "REPEAT('long ', 100000)" },
        { "binary(4)", "x'00ff5c09'; x'01000000'; x'00000000'; x'41202020'" },
        { "binary(1)", "x'00'" },
        { "varbinary(20)", "x''; x'deadbeef000a5c2700'" },
        { "varbinary(600)", "x'00'; REPEAT(x'ff', 600)" },
        { "blob", "x'00010203'; x'ff'; x''" },
        { "enum('a','b c','h\u00e9')", "'a'; 'b c'; 'h\u00e9'" },
        { "enum('a','h\u00e9') CHARACTER SET latin1", "'h\u00e9'" },
        { "set('x','y','z')", "'x,z'; ''; 'x,y,z'; 'y'" },
        { "json", "'{\"a\": [1, null, \"x\"]}'; 'null'; '\"t\"'" },
        { "uuid", "'123e4567-e89b-12d3-a456-426614174000'; '018f4e2a-7c3b-7def-8123-456789abcdef'; '00000000-0000-0000-0000-000000000000'; 'f47ac10b-58cc-4372-a567-0e02b2c3d400'; 'ffffffff-ffff-ffff-ffff-ffffffffffff'" },
        { "inet4", "'192.168.1.1'; '0.0.0.0'; '1.0.0.0'" },
        { "inet6", "'2001:db8::1'; '::'; '::1'; '::ffff:1.2.3.4'; '2001:db8:0:0:1:0:0:1'; 'fe80::'; '::1.2.3.4'" },
        { "point", "ST_GeomFromText('POINT(1 2)')" },
        { "geometry", "ST_GeomFromText('LINESTRING(0 0, 1 1, 2 5)'); ST_GeomFromText('POINT(-1.5 1e10)', 4326)" },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_change_has_the_values_that_a_query_gives(string type, string values)
    {
        string database = _server.NewDatabase();

        // Numbers before and behind, whose signs are told by bits in one row with others.
        _server.Sql(database, $"CREATE TABLE t (id int PRIMARY KEY, y year, u bigint unsigned, v {type}, w smallint)");
        var pulls = new LogPulls(_server, database);
        await pulls.RunAsync();
        string rows = string.Join(", ", values.Split("; ").Select((v, i) => string.Create(CultureInfo.InvariantCulture, $"({i}, 2000, 18446744073709551615, {v}, -1)")));
        _server.Sql(database, $"SET time_zone = '+00:00'; INSERT INTO t VALUES {rows}, (100, NULL, NULL, NULL, NULL)");

        await pulls.RunAsync();
        Assert.Equal(values.Split("; ").Length + 1, pulls.Rows.Count);
        Assert.Equal(await QueryAsync(database), pulls.Rows.Select(Values));
    }

    [Fact]
    public async Task All_columns_of_one_row_are_told_apart()
    {
        string database = _server.NewDatabase();
        object[][] types = [.. Types.Select(t => ((ITheoryDataRow)t).GetData().Select(o => o!).ToArray())];
        _server.Sql(database, $"CREATE TABLE t (id int PRIMARY KEY, {string.Join(", ", types.Select((t, i) => $"c{i} {t[0]}"))})");
        var pulls = new LogPulls(_server, database);
        await pulls.RunAsync();
        _server.Sql(database, $"SET time_zone = '+00:00'; INSERT INTO t VALUES (1, {string.Join(", ", types.Select(t => ((string)t[1]).Split("; ")[0]))}); UPDATE t SET id = 2; INSERT INTO t (id) VALUES (3)");

        await pulls.RunAsync();
        Assert.Equal(await QueryAsync(database), pulls.Rows.Skip(2).Select(Values));
    }

    [Fact]
    public async Task Times_beyond_a_day_are_intervals_or_bad()
    {
        string database = _server.NewDatabase();
        _server.Sql(database, "CREATE TABLE t (id int PRIMARY KEY, a time, b time(2), c time(3), d time(6))");
        var pulls = new LogPulls(_server, database) { Options = o => o with { Time = DataType.Interval } };
        await pulls.RunAsync();
        _server.Sql(database, "INSERT INTO t VALUES (1, '-838:59:59', '-00:00:00.01', '-100:00:00.001', '-838:59:59.000001'), (2, '838:59:59', '100:00:00.99', '24:00:00', '-00:00:00.000001')");
        await pulls.RunAsync();
        Assert.Equal(await QueryAsync(database, o => o with { Time = DataType.Interval }), pulls.Rows.Select(Values));
    }

    [Fact]
    public async Task Dates_that_are_none_become_null_with_a_remark()
    {
        string database = _server.NewDatabase();
        _server.Sql(database, "CREATE TABLE t (id int PRIMARY KEY, a date, b datetime(3), c timestamp NULL, d date)");
        var pulls = new LogPulls(_server, database);
        await pulls.RunAsync();
        _server.Sql(database, "SET sql_mode = ''; INSERT INTO t VALUES (1, '0000-00-00', '0000-00-00', '0000-00-00', '2024-00-10')");
        await pulls.RunAsync();
        Assert.Equal(await QueryAsync(database), pulls.Rows.Select(Values));
        Assert.Contains("4 dates", Assert.Single(pulls.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Computed_columns_are_left_out()
    {
        string database = _server.NewDatabase();
        _server.Sql(database, "CREATE TABLE t (id int PRIMARY KEY, a int, s int AS (a + 1) STORED, w int AS (a + 2) VIRTUAL, z int); INSERT INTO t (id, a, z) VALUES (1, 2, 3)");
        var pulls = new LogPulls(_server, database);
        await pulls.RunAsync();
        _server.Sql(database, "INSERT INTO t (id, a, z) VALUES (2, 3, 4); UPDATE t SET a = 5");
        await pulls.RunAsync();
        Assert.Equal(["{\"id\":1,\"a\":2,\"z\":3}", "{\"id\":2,\"a\":3,\"z\":4}", "{\"id\":1,\"a\":5,\"z\":3}", "{\"id\":2,\"a\":5,\"z\":4}"], pulls.Rows.Select(Values));
    }

    [Fact]
    public async Task A_compressed_column_is_refused_unless_it_is_left_out()
    {
        string database = _server.NewDatabase();
        _server.Sql(database, "CREATE TABLE t (id int PRIMARY KEY, a text COMPRESSED, z int)");
        var pulls = new LogPulls(_server, database) { Columns = null };
        await pulls.RunAsync();
        _server.Sql(database, "INSERT INTO t VALUES (1, REPEAT('a', 1000), 3)");
        Assert.Equal("MR3355", (await Assert.ThrowsAsync<MillraceException>(() => pulls.RunAsync())).Code.Id);

        var others = new LogPulls(_server, database) { Columns = [new("id"), new("z"), new("_op")] };
        await others.RunAsync();
        _server.Sql(database, "UPDATE t SET z = 4");
        await others.RunAsync();
        Assert.Equal(["{\"id\":1,\"z\":3}", "{\"id\":1,\"z\":4}"], others.Rows.Select(Values));
    }

    private static string Values(string row)
    {
        JsonObject json = JsonNode.Parse(row)!.AsObject();
        foreach (string extra in ChangeColumns.All)
        {
            json.Remove(extra);
        }

        return json.ToJsonString();
    }

    private async Task<IEnumerable<string>> QueryAsync(string database, Func<MySqlSourceOptions, MySqlSourceOptions>? change = null)
    {
        var pulls = new TypePulls(_server, database, change ?? (static o => o));
        return [.. (await pulls.ReadAsync()).Select(Values)];
    }

    private sealed class TypePulls(MariaDbTestServer server, string database, Func<MySqlSourceOptions, MySqlSourceOptions> change)
    {
        public async Task<List<string>> ReadAsync()
        {
            var rows = new List<string>();
            await using var source = new MySqlSource(change(new MySqlSourceOptions { Host = "127.0.0.1", Port = server.Port, Database = database, User = MariaDbTestServer.User, Table = "t" }), new ConnectorContext { Job = "types" });
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
            foreach (Split split in await PlanReading.SplitsAsync(plan))
            {
                await using ISplitReader reader = await plan.OpenAsync(split, null, FailOnRowError.Instance, default);
                while (await reader.ReadAsync(default) is { } read)
                {
                    using RecordBatch batch = read.Batch;
                    rows.AddRange(ColumnText.Rows(batch));
                }
            }

            return rows;
        }
    }
}
