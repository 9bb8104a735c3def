using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>Columns may be named as tables and variables are in the statements that read and write them.</summary>
[Trait("speed", "slow")]
public sealed class PostgresShadowTests
{
    private static readonly string[] Names = ["r", "s", "t", "u", "v", "p", "d", "h", "n", "o", "k", "moved", "found", "value", "excluded", "newest", "rows", "texts", "sample", "bounds", "part", "place", "$millrace$"];

    private static readonly Schema Rows = WrittenTable.SchemaOf([("id", DataType.Int64), .. Names.Select(n => (n, DataType.Int64)), ("name", DataType.Utf8)]);

    private static readonly string Columns = string.Join(", ", Names.Select(n => $"\"{n}\" bigint"));

    public static TheoryData<WriteMode, string> Ways => new()
    {
        { WriteMode.Append, "id bigint" },
        { WriteMode.Merge, "id bigint PRIMARY KEY" },
        { WriteMode.Merge, "id bigint" },
        { WriteMode.SnapshotDiff, "id bigint" },
        { WriteMode.Scd2, "id bigint" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Rows_are_written_and_set_aside(WriteMode mode, string id)
    {
        var table = new WrittenTable($"CREATE TABLE public.t ({id}, {Columns}, name text CHECK (name <> 'bad'))");
        var errors = new ErrorList();
        await table.WriteAsync(
            new SinkRequest { Schema = Rows, RunId = "", Mode = mode, Key = mode == WriteMode.Append ? [] : ["id"], Errors = errors, IsSnapshot = mode is WriteMode.SnapshotDiff or WriteMode.Scd2 },
            [Row(1, 5, "good"), Row(2, 6, "bad"), Row(3, 7, "good")]);

        Assert.Equal("1|5|5|good\n3|7|7|good", table.Sql("SELECT id, r, moved, name FROM public.t ORDER BY id"));
        RowError error = Assert.Single(errors.Rows);
        var raw = System.Text.Json.Nodes.JsonNode.Parse(error.Raw.Span)!;
        Assert.Equal((2, 6, "bad"), ((long)raw["id"]!, (long)raw["r"]!, (string)raw["name"]!));
    }

    [Theory]
    [InlineData("r")]
    [InlineData("moved")]
    [InlineData("found")]
    [InlineData("value")]
    [InlineData("$millrace$")]
    public async Task Values_that_were_not_sent_follow_a_row_to_another_key(string unsent)
    {
        Schema schema = WrittenTable.SchemaOf([("_op", DataType.Utf8), ("_unchanged", DataType.List(DataType.Utf8)), ("id", DataType.Int64), .. Names.Select(n => (n, DataType.Int64)), ("name", DataType.Utf8)]);
        var table = new WrittenTable($"CREATE TABLE public.t (id bigint PRIMARY KEY, {Columns}, name text)");
        await table.WriteAsync(new SinkRequest { Schema = Rows, RunId = "" }, [Row(1, 5, "a"), Row(7, 8, "b")]);

        await table.WriteAsync(
            new SinkRequest { Schema = schema, RunId = "", Mode = WriteMode.Merge, Key = ["id"] },
            [$"D|{unsent}|{Row(1, null, "")}", $"U|{unsent}|{Row(2, null, "c")}", $"U|{unsent}|{Row(7, null, "d")}"]);

        Assert.Equal("2|5|c\n7|8|d", table.Sql($"SELECT id, \"{unsent}\", name FROM public.t ORDER BY id"));
    }

    [Theory]
    [InlineData(ReadMode.Full, ReadBy.Storage)]
    [InlineData(ReadMode.Full, ReadBy.Key)]
    [InlineData(ReadMode.Incremental, ReadBy.Auto)]
    public async Task Rows_are_read(ReadMode mode, ReadBy by)
    {
        PostgresTestServer server = PostgresTestServer.Demand();
        string database = server.NewDatabase();
        server.Sql(database, $"CREATE TABLE public.t ({Columns}, PRIMARY KEY (t, n, rows)); INSERT INTO public.t SELECT {string.Join(", ", Names.Select(_ => "i"))} FROM generate_series(1, 3000) i; ANALYZE public.t");
        await using var source = new PostgresSource(
            new PostgresSourceOptions { Host = "127.0.0.1", Port = server.Port, Database = database, User = DatabaseTestServer.User, Table = "public.t", ReadBy = by, ChunkBytes = new ByteSize(65536) },
            new ConnectorContext { Job = "shadows" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Mode = mode, Cursor = mode == ReadMode.Incremental ? "newest" : null }, default);
        IReadOnlyList<string> read = await PlanReading.ReadAllAsync(plan);
        Assert.Equal(3000, read.Count);
    }

    private static string Row(int id, int? value, string name) => $"{id}|{string.Join('|', Names.Select(_ => value?.ToString(System.Globalization.CultureInfo.InvariantCulture)))}|{name}";

    private sealed class ErrorList : IRowErrorHandler
    {
        public List<RowError> Rows { get; } = [];

        public void OnRowError(RowError error) => Rows.Add(error);
    }
}
