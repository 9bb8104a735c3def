using Millrace.Connectors.Postgres;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>Values of every type go through columns into another table, which then prints the same text as the first.</summary>
[Trait("speed", "slow")]
public class TypeRoundTripTests
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();

    public static TheoryData<string, string> Types { get; } = new()
    {
        { "smallint", "-32768|0|32767" },
        { "integer", "-2147483648|0|2147483647" },
        { "bigint", "-9223372036854775808|0|9223372036854775807" },
        { "real", "1.5|-0|NaN|Infinity|-Infinity|3.4028235e+38|1e-45" },
        { "double precision", "1.5|-0|NaN|Infinity|-Infinity|1.7976931348623157e+308|5e-324" },
        { "numeric(12,2)", "0|1.5|-9999999999.99|0.01" },
        { "numeric(38,0)", "99999999999999999999999999999999999999|-1" },
        { "numeric(5,-2)", "12300|-1200" },
        { "numeric(3,5)", "0.00999|-0.00001" },
        { "money", "1234.56|-0.01" },
        { "text", "|a|hé ☃ 😀|tab\tand\nline" },
        { "varchar(20)", "abc" },
        { "char(5)", "ab" },
        { "bytea", "\\x|\\xdeadbeef00" },
        { "timestamp", "2024-02-29 12:34:56.789012|0001-01-01 00:00:00|infinity|-infinity|4713-01-01 00:00:00 BC" },
        { "timestamptz", "1999-12-31 23:59:59.999999+02|infinity|-infinity" },
        { "date", "2024-02-29|0001-01-01|infinity|-infinity|4713-01-01 BC" },
        { "time", "00:00:00|23:59:59.999999" },
        { "timetz", "12:00:00+03" },
        { "interval", "1 year 2 mons 3 days 04:05:06.7|-1 mons +1 day -00:00:00.000001|00:00:00" },
        { "boolean", "t|f" },
        { "inet", "192.168.1.1|192.168.1.1/24|::1|2001:db8::/32" },
        { "cidr", "10.0.0.0/8|2001:db8::/32" },
        { "macaddr", "08:00:2b:01:02:03" },
        { "bit(5)", "10101" },
        { "bit varying", "1|" },
        { "uuid", "123e4567-e89b-12d3-a456-426614174000" },
        { "xml", "<a>b</a>" },
        { "json", "{\"a\" :  1}|null" },
        { "jsonb", "{\"a\": [1, 2, {\"b\": null}]}|\"x\"" },
        { "int4range", "[1,5)|empty|(,)" },
        { "tstzrange", "[2020-01-01 00:00:00+00,)" },
        { "point", "(1,2)" },
        { "tsvector", "'cat' 'fat'" },
        { "oid", "4294967295" },
        { "integer[]", "{}|{1,NULL,3}" },
        { "text[]", "{a,\"b c\",NULL,\"\"}" },
        { "numeric(10,3)[]", "{1.500,-2.125}" },
        { "inet[]", "{10.1.0.0/16,::1}" },
        { "timestamptz[]", "{\"2020-01-01 00:00:00+00\"}" },
        { "uuid[]", "{123e4567-e89b-12d3-a456-426614174000}" },
        { "mood", "sad|happy" },
        { "mood[]", "{sad,happy}" },
        { "positive", "7" },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Values_come_out_as_they_went_in(string type, string values)
    {
        string database = _server.NewDatabase();
        string rows = string.Join(", ", values.Split('|').Select((v, i) => $"({i}, $q${v}$q$::{type})"));
        _server.Sql(database, $"""
            CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE DOMAIN positive AS int CHECK (value > 0);
            CREATE TABLE public.a (id int, v {type}); CREATE TABLE public.b (id int, v {type});
            INSERT INTO public.a VALUES {rows}, (-1, NULL)
            """);

        await CopyAsync(database);

        const string print = "SELECT id, v FROM public.{0} ORDER BY id";
        Assert.Equal(_server.Sql(database, string.Format(null, print, "a")), _server.Sql(database, string.Format(null, print, "b")));
    }

    [Fact]
    public async Task Composite_values_become_structs_and_structs_become_json()
    {
        string database = _server.NewDatabase();
        _server.Sql(database, "CREATE TYPE pair AS (a int, b text); CREATE TABLE public.a (id int, v pair, w pair[]); INSERT INTO public.a VALUES (1, (1, 'x'), ARRAY[(2, NULL)::pair, NULL]), (2, NULL, '{}')");

        await CopyAsync(database);

        Assert.Equal("1|{\"a\": 1, \"b\": \"x\"}|[{\"a\": 2, \"b\": null}, null]\n2||[]", _server.Sql(database, "SELECT id, v, w FROM public.b ORDER BY id"));
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("timestamptz")]
    public async Task Moments_behind_the_last_one_of_the_type_are_bad_rows(string type)
    {
        string database = _server.NewDatabase();
        _server.Sql(database, $"CREATE TABLE public.a (v {type}); CREATE TABLE public.b (v {type}); INSERT INTO public.a VALUES ('294247-01-10 04:00:54.775806'), ('294247-01-10 04:00:54.775807'), ('294276-12-31 23:59:59.999999')");
        var errors = new ListedErrors();

        await CopyAsync(database, errors);

        Assert.Equal(2, errors.Rows.Count);
        Assert.All(errors.Rows, e => Assert.Contains("294247-01-10 04:00:54", e.Message, StringComparison.Ordinal));
        Assert.Equal("1", _server.Sql(database, "SELECT count(*) FROM public.b WHERE v = '294247-01-10 04:00:54.775806'"));
    }

    private Task CopyAsync(string database, IRowErrorHandler? errors = null) => LeakCheck.RunAsync(async () =>
    {
        var connector = new PostgresConnector();
        var context = new ConnectorContext { Job = "types" };
        await using ISource source = connector.OpenSource(
            new PostgresSourceOptions { Host = "127.0.0.1", Port = _server.Port, Database = database, User = DatabaseTestServer.User, Table = "public.a" }, context);
        await using ISink sink = connector.OpenSink(
            new PostgresTargetOptions { Host = "127.0.0.1", Port = _server.Port, Database = database, User = DatabaseTestServer.User, Table = "public.b" }, context);
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { BatchRows = 2 }, default);
        await sink.EnsureSchemaAsync(plan.Schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = plan.Schema, RunId = "run" }, default);
        await foreach (Split split in plan.SplitsAsync(default))
        {
            await using ISplitReader reader = await plan.OpenAsync(split, null, errors ?? FailOnRowError.Instance, default);
            while (await reader.ReadAsync(default) is { } read)
            {
                using RecordBatch batch = read.Batch;
                await writer.WriteAsync(batch, default);
            }
        }

        await writer.CommitAsync(new Checkpoint { Job = "types", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch }, default);
    });
}
