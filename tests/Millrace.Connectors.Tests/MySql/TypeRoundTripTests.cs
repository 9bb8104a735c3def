using System.Globalization;
using Millrace.Connectors.MySql;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>Values of every type go through columns into another table, which then prints the same text as the first.</summary>
[Trait("speed", "slow")]
public class TypeRoundTripTests
{
    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();

    // Constants in SQL, separated by semicolons.
    public static TheoryData<string, string> Types { get; } = new()
    {
        { "tinyint", "-128; 0; 127" },
        { "tinyint unsigned", "0; 255" },
        { "smallint", "-32768; 32767" },
        { "smallint unsigned", "65535" },
        { "mediumint", "-8388608; 8388607" },
        { "mediumint unsigned", "16777215" },
        { "int", "-2147483648; 2147483647" },
        { "int unsigned zerofill", "7; 4294967295" },
        { "bigint", "-9223372036854775808; 9223372036854775807; 1234567890123456" },
        { "bigint unsigned", "18446744073709551615" },
        { "decimal(12,2)", "0; 1.5; -9999999999.99; 0.01" },
        { "decimal(38,0)", "99999999999999999999999999999999999999; -1" },
        { "decimal(38,38)", "0.00000000000000000000000000000000000001" },
        { "decimal(65,30)", "1234567.123456789" },
        { "float", "1.5; -0.1; 3.4028234663852886e38; 1e-45; 16777217; 0.3333333333" },
        { "double", "1.5; -0.1; 1.7976931348623157e308; 5e-324; 1e22; 123456789012345680" },
        { "bit(1)", "b'0'; b'1'" },
        { "bit(5)", "b'10101'" },
        { "bit(64)", "~0; 1" },
        { "year", "1901; 2155; 0" },
        { "date", "'2024-02-29'; '1000-01-01'; '9999-12-31'; '0001-01-01'" },
        { "datetime", "'2024-02-29 12:34:56'; '9999-12-31 23:59:59'; '0001-01-01 00:00:00'" },
        { "datetime(6)", "'2024-02-29 12:34:56.789012'; '1969-12-31 23:59:59.999999'" },
        { "datetime(3)", "'2024-02-29 12:34:56.7'" },
        { "timestamp(6) NULL", "'1970-01-01 00:00:01'; '2038-01-19 03:14:07.999999'" },
        { "time", "'00:00:00'; '23:59:59'" },
        { "time(6)", "'12:34:56.000001'" },
        { "char(5)", "'ab'; ''" },
        { "varchar(20)", "'abc'; ' a '; 'tab\\tand\\nline\\\\'; 'it''s'; 'NULL'; '\\\\N'" },
        { "varchar(20) CHARACTER SET latin1", "'h\u00e9'; 'stra\u00dfe'" },
        { "text", "'h\u00e9 \u2603 \ud83d\ude00'; ''; 'null'" },
        { "longtext", "REPEAT('long ', 100000)" },
        { "binary(4)", "x'00ff5c09'" },
        { "varbinary(20)", "x''; x'deadbeef000a5c27'" },
        { "blob", "x'00010203'; x'ff'" },
        { "enum('a','b c')", "'a'; 'b c'" },
        { "set('x','y','z')", "'x,z'; ''" },
        { "json", "'{\"a\": [1, null, \"x\"]}'; 'null'; '\"t\"'" },
        { "uuid", "'123e4567-e89b-12d3-a456-426614174000'" },
        { "inet4", "'192.168.1.1'" },
        { "inet6", "'2001:db8::1'" },
        { "point", "ST_GeomFromText('POINT(1 2)')" },
        { "geometry", "ST_GeomFromText('LINESTRING(0 0, 1 1, 2 5)'); ST_GeomFromText('POINT(-1.5 1e10)')" },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Values_come_out_as_they_went_in(string type, string values)
    {
        string database = Fill(type, values);
        await CopyAsync(database);
        Assert.Equal(Print(database, "a"), Print(database, "b"));
        Assert.Equal(values.Split("; ").Length + 1, Print(database, "b").Split('\n').Length);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Values_come_out_as_they_went_in_where_local_data_is_forbidden(string type, string values)
    {
        string database = Fill(type, values);
        await CopyAsync(database, forbidLocal: true);
        Assert.Equal(Print(database, "a"), Print(database, "b"));
    }

    // What the server itself makes of a value, beside what a reader makes of it: independent of our writing.
    [Theory]
    [InlineData("int", "-7", "-7")]
    [InlineData("bigint unsigned", "18446744073709551615", "18446744073709551615")]
    [InlineData("decimal(12,2)", "-1.5", "-1.50")]
    [InlineData("decimal(65,30)", "1234567.123456789", "1234567.123456789")]
    [InlineData("float", "0.1", "0.1")]
    [InlineData("double", "0.1", "0.1")]
    [InlineData("bit(1)", "1", "true")]
    [InlineData("bit(5)", "21", "21")]
    [InlineData("year", "2024", "2024")]
    [InlineData("date", "'2024-02-29'", "\"2024-02-29\"")]
    [InlineData("datetime(6)", "'2024-02-29 12:34:56.789'", "\"2024-02-29T12:34:56.789000\"")]
    [InlineData("timestamp", "'2024-02-29 12:34:56'", "\"2024-02-29T12:34:56.000000Z\"")]
    [InlineData("time", "'12:34:56'", "\"12:34:56.000000\"")]
    [InlineData("varchar(20)", "'a'", "\"a\"")]
    [InlineData("varchar(20) CHARACTER SET latin1", "'h\u00e9'", "\"h\u00e9\"")]
    [InlineData("enum('a','b')", "'b'", "\"b\"")]
    [InlineData("set('a','b')", "'a,b'", "\"a,b\"")]
    [InlineData("json", "'{\"a\": 1}'", "{\"a\": 1}")]
    [InlineData("uuid", "'123E4567-e89b-12d3-a456-426614174000'", "\"123e4567-e89b-12d3-a456-426614174000\"")]
    [InlineData("inet6", "'::1'", "\"::1\"")]
    public async Task A_value_is_read_as(string type, string value, string expected)
    {
        string database = _server.NewDatabase();
        _server.Sql(database, $"SET time_zone = '+00:00'; CREATE TABLE a (v {type}); INSERT INTO a VALUES ({value})");
        Assert.Equal([$"{{\"v\":{expected}}}"], await ReadAsync(database, o => o));
    }

    [Fact]
    public async Task Times_beyond_a_day_are_bad_rows_or_intervals()
    {
        string database = _server.NewDatabase();
        _server.Sql(database, "CREATE TABLE a (v time(6)); INSERT INTO a VALUES ('-838:59:59'), ('24:00:00'), ('01:02:03.5')");
        var errors = new ListedErrors();

        Assert.Equal(["{\"v\":\"01:02:03.500000\"}"], await ReadAsync(database, o => o, errors));
        Assert.Equal(["-838:59:59.000000", "24:00:00.000000"], errors.Rows.Select(e => (string)System.Text.Json.Nodes.JsonNode.Parse(e.Raw.ToArray())!["v"]!));
        Assert.All(errors.Rows, e => Assert.Equal("MR3309", e.Code.Id));
        Assert.Equal(3, (await ReadAsync(database, o => o with { Time = DataType.Interval })).Count);
    }

    [Fact]
    public async Task Dates_that_are_none_become_null_with_a_remark_or_are_bad_rows()
    {
        string database = _server.NewDatabase();
        _server.Sql(database, "SET sql_mode = ''; CREATE TABLE a (d date NOT NULL, t datetime NOT NULL); INSERT INTO a VALUES ('0000-00-00', '0000-00-00'), ('2024-00-10', '2024-02-29 01:02:03')");
        var notes = new List<string>();
        var errors = new ListedErrors();

        Assert.Equal(["{\"d\":null,\"t\":null}", "{\"d\":null,\"t\":\"2024-02-29T01:02:03.000000\"}"], await ReadAsync(database, o => o, note: notes.Add));
        Assert.Contains("3 dates that the calendar does not have", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Empty(await ReadAsync(database, o => o with { ZeroDates = ZeroDates.Error }, errors));
        Assert.Equal(2, errors.Rows.Count);
    }

    [Fact]
    public async Task Tinyint_is_a_boolean_where_that_is_asked_for()
    {
        string database = _server.NewDatabase();
        _server.Sql(database, "CREATE TABLE a (v boolean); INSERT INTO a VALUES (0), (1), (NULL), (2)");
        var errors = new ListedErrors();
        Assert.Equal(["{\"v\":false}", "{\"v\":true}", "{\"v\":null}"], await ReadAsync(database, o => o with { TinyintAsBoolean = true }, errors));
        Assert.Single(errors.Rows);
    }

    [Fact]
    public async Task Every_type_has_a_mapping_that_the_server_agrees_with()
    {
        string database = _server.NewDatabase();
        string[] known = [.. BuiltInTypes.All.Select(t => t.Name).Where(t => t is not "geomcollection")];
        string columns = string.Join(", ", known.Select((t, i) => $"c{i} {t switch { "varchar" or "varbinary" => $"{t}(5)", "enum" or "set" => $"{t}('a')", "timestamp" => "timestamp NULL", _ => t }}"));
        _server.Sql(database, $"CREATE TABLE a ({columns}); INSERT INTO a () VALUES ()");

        await using var source = new MySqlSource(Options(database), new ConnectorContext { Job = "types" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        Assert.Equal(BuiltInTypes.All.Where(t => t.Name is not "geomcollection").Select(t => t.Mapping.Type), plan.Schema.Fields.Select(f => f.Type));
        Assert.Single(await PlanReading.ReadAllAsync(plan));
    }

    private string Fill(string type, string values)
    {
        string database = _server.NewDatabase();
        string rows = string.Join(", ", values.Split("; ").Select((v, i) => string.Create(CultureInfo.InvariantCulture, $"({i}, {v})")));
        _server.Sql(database, $"SET time_zone = '+00:00'; CREATE TABLE a (id int, v {type}); CREATE TABLE b (id int, v {type}); INSERT INTO a VALUES {rows}, (-1, NULL)");
        return database;
    }

    private string Print(string database, string table)
    {
        string type = _server.Sql(database, "SELECT DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'a' AND COLUMN_NAME = 'v'");
        string value = type is "float" ? "v + 0e0" : type is "point" or "geometry" or "bit" or "binary" or "varbinary" or "blob" ? "HEX(v)" : "CAST(v AS CHAR)";
        return _server.Sql(database, $"SELECT id, {value} FROM {table} ORDER BY id");
    }

    private MySqlSourceOptions Options(string database)
        => new() { Host = "127.0.0.1", Port = _server.Port, Database = database, User = DatabaseTestServer.User, Table = "a" };

    private async Task<List<string>> ReadAsync(string database, Func<MySqlSourceOptions, MySqlSourceOptions> change, IRowErrorHandler? errors = null, Action<string>? note = null)
    {
        var rows = new List<string>();
        await LeakCheck.RunAsync(async () =>
        {
            await using var source = new MySqlSource(change(Options(database)), new ConnectorContext { Job = "types", Note = note ?? (static _ => { }) });
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
            await using ISplitReader reader = await plan.OpenAsync((await PlanReading.SplitsAsync(plan))[0], null, errors ?? FailOnRowError.Instance, default);
            while (await reader.ReadAsync(default) is { } read)
            {
                using RecordBatch batch = read.Batch;
                rows.AddRange(ColumnText.Rows(batch));
            }
        });
        return rows;
    }

    private Task CopyAsync(string database, bool forbidLocal = false) => LeakCheck.RunAsync(async () =>
    {
        var context = new ConnectorContext { Job = "types" };
        MySqlSourceOptions options = Options(database);
        await using ISource source = new MySqlSource(options, context);
        await using var sink = new MySqlSink(new MySqlTargetOptions { Host = options.Host, Port = options.Port, Database = database, User = options.User, Table = "b" }, context) { ForbidsLocalData = forbidLocal };
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { BatchRows = 2 }, default);
        await sink.EnsureSchemaAsync(plan.Schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = plan.Schema, RunId = "run" }, default);
        await foreach (Split split in plan.SplitsAsync(default))
        {
            await using ISplitReader reader = await plan.OpenAsync(split, null, FailOnRowError.Instance, default);
            while (await reader.ReadAsync(default) is { } read)
            {
                using RecordBatch batch = read.Batch;
                await writer.WriteAsync(batch, default);
            }
        }

        Assert.Equal(!forbidLocal, ((MySqlWriter)writer).Loads > 0);
        await writer.CommitAsync(new Checkpoint { Job = "types", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch }, default);
    });
}
