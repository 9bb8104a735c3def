using System.Text.Json.Nodes;

namespace Millrace.Connectors.Tests.Postgres.Changes;

/// <summary>A value is the same whether it was there at the first read or came with a change.</summary>
[Trait("speed", "slow")]
public sealed class ChangeTypesTests : IDisposable
{
    private static readonly (string Type, string Values)[] More =
    [
        ("numeric", "1.50|-0.000000001"),
        ("hstore", "a=>1, bb=>NULL, \"q\\\"x\"=>\"line\nend\"|"),
        ("macaddr8", "08:00:2b:01:02:03:04:05"),
        ("\"char\"", "x"),
        ("pg_lsn", "16/B374D848|0/0"),
        ("tid", "(7,3)"),
        ("xid8", "18446744073709551615"),
        ("jsonpath", "$.\"a\"[*]"),
        ("ltree", "Top.Science.Astronomy"),
        ("timetz", "12:00:00.5-03:30|00:00:00+00"),
        ("point", "(1.5,-2)|(1e+20,1e-07)|(1e+15,100000000000000)|(0.0001,NaN)|(Infinity,-0)|(12345.678901,0.1)"),
        ("lseg", "[(1,2),(3,4)]"),
        ("box", "(3,4),(1,2)"),
        ("line", "{1,-1,0}"),
        ("circle", "<(1,2),3.5>"),
        ("path", "[(1,2),(3,4)]|((1,2),(3,4),(5,6))"),
        ("polygon", "((1,2),(3,4),(5,6))"),
        ("int8range", "(,9223372036854775807)"),
        ("numrange", "[1.50,2.25]|(-Infinity,0)"),
        ("daterange", "[2020-01-01,2020-02-01)|[0044-03-15 BC,infinity)"),
        ("tsrange", "[\"2020-01-01 00:00:00\",\"2020-01-01 12:34:56.789\")"),
        ("tstzrange", "(\"1999-12-31 23:00:00+00\",)|[\"0044-03-15 00:00:00+00 BC\",infinity]"),
        ("tsvector", "'a''b':1A,2 'c\\\\d'|'x'"),
        ("int4range[]", "{\"[1,5)\",empty,NULL}"),
        ("macaddr[]", "{08:00:2b:01:02:03}"),
        ("text[]", "{}"),
        ("pair", "(1,\"a,b\")|(,)"),
        ("mood", "happy"),
    ];

    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;

    public ChangeTypesTests() => _database = _server.NewDatabase();

    // What stays makes the server keep all its log.
    public void Dispose() => Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");

    [Fact]
    public async Task Values_of_every_type_are_the_same_in_the_first_read_and_in_the_stream()
    {
        (string Type, string[] Values)[] types = [.. TypeRoundTripTests.Types.Select(t => (t.Data.Item1, t.Data.Item2)).Concat(More).Select(t => (t.Item1, t.Item2.Split('|')))];
        Sql("CREATE EXTENSION hstore; CREATE EXTENSION ltree; CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN positive AS int CHECK (value > 0); CREATE TYPE pair AS (n int, s text)");
        Sql($"CREATE TABLE public.t (id int PRIMARY KEY, {string.Join(", ", types.Select((t, i) => $"c{i} {t.Type}"))})");
        int rows = types.Max(t => t.Values.Length);
        string Insert(int first) => string.Join("; ", Enumerable.Range(0, rows).Select(r =>
            $"INSERT INTO public.t VALUES ({first + r}, {string.Join(", ", types.Select(t => r < t.Values.Length ? $"'{t.Values[r].Replace("'", "''", StringComparison.Ordinal)}'" : "NULL"))})"));
        Sql(Insert(0));
        var pulls = new ChangePulls(_server, _database) { Options = o => o with { Numeric = DataType.Utf8 } };
        IReadOnlyList<string> loaded = await pulls.RunAsync();
        Sql(Insert(100));
        IReadOnlyList<string> streamed = await pulls.RunAsync();

        Assert.Equal(rows, loaded.Count);
        Assert.Equal(rows, streamed.Count);
        for (int r = 0; r < rows; r++)
        {
            JsonNode before = JsonNode.Parse(loaded[r])!;
            JsonNode after = JsonNode.Parse(streamed[r])!;
            for (int i = 0; i < types.Length; i++)
            {
                string column = $"c{i}";
                Assert.Equal($"{types[i].Type}: {before[column]?.ToJsonString()}", $"{types[i].Type}: {after[column]?.ToJsonString()}");
                Assert.Equal(r >= types[i].Values.Length || types[i].Values[r] == "null", before[column] is null);
            }
        }
    }

    [Fact]
    public async Task A_column_whose_type_nobody_can_read_is_named_and_can_be_left_out()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text, at regclass); INSERT INTO public.t VALUES (1, 'a', 'pg_class')");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => new ChangePulls(_server, _database).RunAsync());
        Assert.Equal("MR3258", error.Code.Id);
        Assert.Contains("'at'", error.Message, StringComparison.Ordinal);

        var pulls = new ChangePulls(_server, _database) { Columns = [new("id"), new("_op"), new("v")] };
        Assert.Equal(["{\"id\":1,\"_op\":\"I\",\"v\":\"a\"}"], await pulls.RunAsync());
        Sql("UPDATE public.t SET v = 'b'");
        Assert.Equal(["{\"id\":1,\"_op\":\"U\",\"v\":\"b\"}"], await pulls.RunAsync());
    }

    private string Sql(string sql) => _server.Sql(_database, sql);
}
