using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>Conditions that the server takes over mean the same to it as to us.</summary>
[Trait("speed", "slow")]
public class PushdownTests
{
    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();

    public static TheoryData<string, DataType, string[]> Columns { get; } = new()
    {
        { "int", DataType.Int32, ["-3", "0", "7", "8"] },
        { "bigint unsigned", DataType.UInt64, ["0", "18446744073709551615", "9007199254740993"] },
        { "decimal(20,4)", DataType.Decimal(20, 4), ["-1.5", "0.0001", "1234567890123456.7891"] },
        { "float", DataType.Float32, ["0.1", "-2.5", "3"] },
        { "double", DataType.Float64, ["0.1", "-2.5", "1e300"] },
        { "varchar(20) COLLATE utf8mb4_general_ci", DataType.Utf8, ["a", "A", "a ", "\u00e4", "it's", "z\\", ""] },
        { "varchar(20) CHARACTER SET latin1", DataType.Utf8, ["a", "A", "\u00e4"] },
        { "date", DataType.Date, ["2024-02-29", "1999-12-31"] },
        { "datetime(6)", DataType.Timestamp(), ["2024-02-29T12:34:56.789012", "1999-12-31T00:00:00"] },
        { "timestamp(6) NULL", DataType.Timestamp(TimeUnit.Microsecond, "UTC"), ["2024-02-29T12:34:56.789012Z", "1999-12-31T00:00:00Z"] },
        { "uuid", DataType.Uuid, ["123e4567-e89b-12d3-a456-426614174000", "00000000-0000-0000-0000-000000000001"] },
        { "bit(1)", DataType.Boolean, ["true", "false"] },
        { "enum('a','b')", DataType.Utf8, ["b", "a"] },
    };

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task Every_comparison_finds_the_rows_that_it_is_true_of(string type, DataType column, string[] values)
    {
        string database = _server.NewDatabase();
        string Constant(string v) => column.Id switch
        {
            TypeId.Utf8 or TypeId.Uuid => $"'{v.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'",
            TypeId.Date or TypeId.Timestamp => $"'{v.Replace('T', ' ').TrimEnd('Z')}'",
            _ => v,
        };
        _server.Sql(database, $"SET time_zone = '+00:00'; CREATE TABLE t (id int PRIMARY KEY, v {type}); INSERT INTO t VALUES (-1, NULL), {string.Join(", ", values.Select((v, i) => $"({i}, {Constant(v)})"))}");
        await using var source = new MySqlSource(
            new MySqlSourceOptions { Host = "127.0.0.1", Port = _server.Port, Database = database, User = DatabaseTestServer.User, Table = "t" }, new ConnectorContext { Job = "push" });
        foreach (PredicateOperator test in Enum.GetValues<PredicateOperator>())
        {
            foreach (string value in test is PredicateOperator.IsNull or PredicateOperator.IsNotNull ? [""] : values)
            {
                using Column? constant = test is PredicateOperator.IsNull or PredicateOperator.IsNotNull ? null : One(column, value);
                var predicate = new ColumnPredicate("v", test, constant);
                IReadOnlyList<string> all = await ReadAsync(source, [], null);
                IReadOnlyList<string> wanted = await ReadAsync(source, [], predicate);
                await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Predicates = [predicate] }, default);
                IReadOnlyList<string> pushed = await PlanReading.ReadAllAsync(plan);
                Assert.Equal(values.Length + 1, all.Count);
                Assert.Subset(pushed.ToHashSet(), wanted.ToHashSet());
                if (plan.Pushdown.Predicates)
                {
                    Assert.Equal(wanted.Order(StringComparer.Ordinal), pushed.Order(StringComparer.Ordinal));
                }
                else
                {
                    Assert.Contains(column.Id, new[] { TypeId.Date, TypeId.Timestamp, TypeId.Uuid, TypeId.Utf8 });
                }
            }
        }
    }

    // The rows of the whole table that fulfil a predicate, by our own comparison.
    private static async Task<IReadOnlyList<string>> ReadAsync(MySqlSource source, ColumnPredicate[] pushed, ColumnPredicate? kept)
    {
        var rows = new List<string>();
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Predicates = pushed }, default);
        await using ISplitReader reader = await plan.OpenAsync((await PlanReading.SplitsAsync(plan))[0], null, FailOnRowError.Instance, default);
        while (await reader.ReadAsync(default) is { } read)
        {
            using RecordBatch batch = read.Batch;
            IReadOnlyList<string> texts = ColumnText.Rows(batch);
            if (kept is null)
            {
                rows.AddRange(texts);
                continue;
            }

            using var filter = new PredicateFilter([kept]);
            using RecordBatch left = filter.Apply(batch);
            rows.AddRange(ColumnText.Rows(left));
        }

        return rows;
    }

    private static Column One(DataType type, string value)
    {
        using var text = new BinaryBuilder(DataType.Utf8, 1);
        text.Append(value);
        using Column column = text.Build();
        return Cast.To(column, type).Column;
    }
}
