using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>Predicates that the server evaluates choose the rows that ours would.</summary>
[Trait("speed", "slow")]
public class PushdownTests
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;

    public PushdownTests() => _database = _server.NewDatabase();

    [Theory]
    [InlineData("int2", "-3|0|7", true)]
    [InlineData("int8", "-9223372036854775808|0|9223372036854775807", true)]
    [InlineData("float8", "-Infinity|-0.5|0|1e300|Infinity|NaN", true)]
    [InlineData("float4", "1.1|-1.1|3.4028235e+38|NaN", true)]
    [InlineData("numeric(12,3)", "-1.5|0|999999999.999", true)]
    [InlineData("date", "2024-02-29|1999-12-31|0099-01-01|infinity|-infinity|4713-01-01 BC", true)]
    [InlineData("timestamp", "2024-02-29 12:34:56.789012|1969-12-31 23:59:59.999999|infinity|0044-03-15 00:00:00 BC", true)]
    [InlineData("timestamptz", "2024-02-29 12:34:56+03|infinity|-infinity", true)]
    [InlineData("uuid", "00000000-0000-0000-0000-000000000001|80000000-0000-0000-0000-000000000000|ffffffff-0000-0000-0000-000000000000", true)]
    [InlineData("bool", "t|f", true)]
    [InlineData("text", "|a|B|ab|é|z'z|\\x|😀|￿", true)]
    [InlineData("varchar(9)", "b|A|a ", true)]
    [InlineData("char(3)", "a|b", false)]
    [InlineData("inet", "10.0.0.1|9.0.0.1", false)]
    public async Task The_server_keeps_the_rows_that_we_would_keep(string type, string values, bool taken)
    {
        string rows = string.Join(", ", values.Split('|').Select((v, i) => $"({i}, $q${v}$q$::{type})"));
        _server.Sql(_database, $"CREATE TABLE public.t (id int, v {type} {(type.StartsWith("text", StringComparison.Ordinal) ? "COLLATE \"en-x-icu\"" : "")}); INSERT INTO public.t VALUES {rows}, (-1, NULL)");
        await using var source = new PostgresSource(Options(), new ConnectorContext { Job = "pushdown" });
        RecordBatch all = await BatchAsync(source, new ReadRequest());
        using (all)
        {
            bool pushed = false;
            foreach (PredicateOperator test in Enum.GetValues<PredicateOperator>())
            {
                for (int row = 0; row < all.Length; row++)
                {
                    if (all["v"].IsNull(row))
                    {
                        continue;
                    }

                    using Column constant = test == PredicateOperator.In && all["v"].NullCount == 1 && all["v"].IsNull(all.Length - 1) ? all["v"].Slice(0, row + 1) : all["v"].Slice(row, 1);
                    ColumnPredicate predicate = new("v", test, test is PredicateOperator.IsNull or PredicateOperator.IsNotNull ? null : constant);
                    using var filter = new PredicateFilter([predicate]);
                    using RecordBatch expected = filter.Apply(all);
                    await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Predicates = [predicate] }, default);
                    IReadOnlyList<string> read = await PlanReading.ReadAllAsync(plan);
                    if (plan.Pushdown.Predicates)
                    {
                        pushed |= predicate.Value is not null;
                        PlanReading.AssertSameRows(ColumnText.Rows(expected), read);
                    }
                    else
                    {
                        PlanReading.AssertSameRows(ColumnText.Rows(all), read);
                    }
                }
            }

            Assert.Equal(taken, pushed);
        }
    }

    [Fact]
    public async Task Null_is_told_from_a_composite_of_nulls()
    {
        _server.Sql(_database, "CREATE TYPE pair AS (a int, b int); CREATE TABLE public.t (id int, v pair); INSERT INTO public.t VALUES (1, NULL), (2, (NULL, NULL)), (3, (1, NULL)), (4, (1, 2))");
        await using var source = new PostgresSource(Options(), new ConnectorContext { Job = "pushdown" });
        await using IReadPlan nulls = await source.PlanAsync(new ReadRequest { Columns = [new RequestedColumn("id")], Predicates = [new ColumnPredicate("v", PredicateOperator.IsNull, null)] }, default);
        await using IReadPlan others = await source.PlanAsync(new ReadRequest { Columns = [new RequestedColumn("id")], Predicates = [new ColumnPredicate("v", PredicateOperator.IsNotNull, null)] }, default);

        Assert.Equal(["{\"id\":1}"], await PlanReading.ReadAllAsync(nulls));
        Assert.Equal(["{\"id\":2}", "{\"id\":3}", "{\"id\":4}"], await PlanReading.ReadAllAsync(others));
    }

    [Fact]
    public async Task A_limit_is_not_taken_over_by_an_incremental_read_whose_end_it_would_hide()
    {
        _server.Sql(_database, "CREATE TABLE public.t AS SELECT i AS id FROM generate_series(1, 10) i");
        await using var source = new PostgresSource(Options(), new ConnectorContext { Job = "pushdown" });
        await using IReadPlan full = await source.PlanAsync(new ReadRequest { Limit = 3 }, default);
        await using IReadPlan incremental = await source.PlanAsync(new ReadRequest { Limit = 3, Mode = ReadMode.Incremental, Cursor = "id" }, default);

        Assert.Equal(3, (await PlanReading.ReadAllAsync(full)).Count);
        Assert.True(full.Pushdown.Limit);
        Assert.False(incremental.Pushdown.Limit);
        Assert.Equal(10, (await PlanReading.ReadAllAsync(incremental)).Count);
    }

    private static async Task<RecordBatch> BatchAsync(PostgresSource source, ReadRequest request)
    {
        await using IReadPlan plan = await source.PlanAsync(request, default);
        await using ISplitReader reader = await plan.OpenAsync(Assert.Single(await PlanReading.SplitsAsync(plan)), null, FailOnRowError.Instance, default);
        return (await reader.ReadAsync(default))!.Value.Batch;
    }

    private PostgresSourceOptions Options() => new() { Host = "127.0.0.1", Port = _server.Port, Database = _database, User = DatabaseTestServer.User, Table = "public.t" };
}
