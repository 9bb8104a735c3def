using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>
/// Whatever a scan leaves out by partitions, figures of files, bounds of row groups and pages, and bloom filters: no row that matches is
/// lost. Which rows match is worked out here. <c>MILLRACE_PRUNING_ROUNDS</c> makes more tables.
/// </summary>
[Trait("speed", "slow")]
public sealed class PruningTests
{
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_PRUNING_ROUNDS"), CultureInfo.InvariantCulture, out int rounds) ? rounds : 1;

    private static readonly string[] Numbers = ["identity", "bucket(3, v)", "truncate(10, v)", "truncate(7, v)"];
    private static readonly string[] Days = ["identity", "bucket(3, v)", "year(v)", "month(v)", "day(v)"];
    private static readonly string[] Times = ["identity", "bucket(3, v)", "year(v)", "month(v)", "day(v)", "hour(v)"];

    private static readonly Dictionary<string, string[]> Transforms = new(StringComparer.Ordinal)
    {
        ["boolean"] = ["identity"],
        ["int"] = Numbers,
        ["long"] = Numbers,
        ["float"] = ["identity"],
        ["double"] = ["identity"],
        ["decimal(9, 2)"] = Numbers,
        ["decimal(38, 4)"] = Numbers,
        ["date"] = Days,
        ["time"] = ["identity", "bucket(3, v)"],
        ["timestamp"] = Times,
        ["timestamptz"] = Times,
        ["string"] = ["identity", "bucket(3, v)", "truncate(2, v)"],
        ["binary"] = ["identity", "bucket(3, v)", "truncate(2, v)"],
        ["fixed[4]"] = ["identity", "bucket(3, v)"],
        ["uuid"] = ["identity", "bucket(3, v)"],
    };

    public static TheoryData<string> Types => [.. Transforms.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Types))]
    public Task No_row_that_matches_is_left_out(string typeName) => LeakCheck.RunAsync(async () =>
    {
        var random = new Random(20261122);
        IcebergPrimitive type = TypeText.Find(typeName)!;
        int leftOut = 0;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (string? transform in Transforms[typeName].Prepend(null))
            {
                leftOut += await CheckAsync(type, transform == "identity" ? "v" : transform, random);
            }
        }

        Assert.True(leftOut > 0, "Nothing was ever left out.");
    });

    // Rows that were left out, over all predicates.
    private static async Task<int> CheckAsync(IcebergPrimitive type, string? partition, Random random)
    {
        using var lake = new LakeFolder();
        var columns = new Schema(new Field("id", DataType.Int64, nullable: false), new Field("v", TypeMapping.ToColumnType(type)));
        string metrics = new[] { "none", "counts", "truncate(2)", "full" }[random.Next(4)];
        var rows = new List<object?>();
        for (int file = 0; file < 4; file++)
        {
            object?[] values = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => file == 3 ? null : Value(type, random))];
            using RecordBatch batch = LakeFolder.Batch(columns, [.. values.Select((v, i) => new[] { (long)(rows.Count + i), v })]);
            rows.AddRange(values);
            await lake.WriteAsync(batch, options: o => o with
            {
                Partition = partition is null ? null : [partition],
                Layout = file == 0 ? o.Layout : IcebergLayout.Keep,
                Properties = new Dictionary<string, string>
                {
                    ["write.metadata.metrics.default"] = metrics,
                    ["write.parquet.bloom-filter-enabled.column.v"] = random.Next(2) == 0 ? "true" : "false",
                    ["write.parquet.page-row-limit"] = "5",
                },
            });
        }

        int leftOut = 0;
        foreach (PredicateOperator op in Enum.GetValues<PredicateOperator>())
        {
            for (int i = 0; i < 3; i++)
            {
                object[] constants = op switch
                {
                    PredicateOperator.IsNull or PredicateOperator.IsNotNull => [],
                    PredicateOperator.In => [.. Enumerable.Range(0, random.Next(1, i == 0 ? 300 : 4)).Select(_ => Constant(type, rows, random))],
                    _ => [Constant(type, rows, random)],
                };
                leftOut += await CheckAsync(lake, columns[1].Type, rows, op, constants, $"{type} by {partition ?? "nothing"}, metrics {metrics}");
            }
        }

        return leftOut;
    }

    private static async Task<int> CheckAsync(LakeFolder lake, DataType type, List<object?> rows, PredicateOperator op, object[] constants, string what)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type);
        Array.ForEach(constants, c => ColumnValue.Append(builder, c));
        using Column values = builder.Build();
        var request = new ReadRequest { Predicates = [new ColumnPredicate("v", op, constants.Length == 0 ? null : values)] };
        HashSet<int> read = [.. (await lake.ReadAsync(request: request)).Select(r => (int)JsonNode.Parse(r)!["id"]!)];
        int[] lost = [.. Enumerable.Range(0, rows.Count).Where(i => Holds(rows[i], op, constants) && !read.Contains(i))];
        Assert.True(lost.Length == 0, $"{what}: {op} {string.Join(", ", constants.Select(Shown))} loses {string.Join(", ", lost.Select(i => Shown(rows[i])))}");
        return rows.Count - read.Count;
    }

    private static bool Holds(object? value, PredicateOperator op, object[] constants) => (value, op) switch
    {
        (_, PredicateOperator.IsNull) => value is null,
        (_, PredicateOperator.IsNotNull) => value is not null,
        (null, _) => false,
        (_, PredicateOperator.In) => constants.Any(c => Order(value, c) == 0),
        (_, PredicateOperator.Equal) => Order(value, constants[0]) == 0,
        (_, PredicateOperator.NotEqual) => Order(value, constants[0]) != 0,
        (_, PredicateOperator.Less) => Order(value, constants[0]) < 0,
        (_, PredicateOperator.LessOrEqual) => Order(value, constants[0]) <= 0,
        (_, PredicateOperator.Greater) => Order(value, constants[0]) > 0,
        _ => Order(value, constants[0]) >= 0,
    };

    // Text by its bytes, not-a-number above all numbers, both zeros alike.
    private static int Order(object a, object b) => (a, b) switch
    {
        (string x, string y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)),
        (byte[] x, byte[] y) => x.AsSpan().SequenceCompareTo(y),
        (double x, double y) => double.IsNaN(x) || double.IsNaN(y) ? double.IsNaN(x).CompareTo(double.IsNaN(y)) : x.CompareTo(y),
        (float x, float y) => float.IsNaN(x) || float.IsNaN(y) ? float.IsNaN(x).CompareTo(float.IsNaN(y)) : x.CompareTo(y),
        _ => ((IComparable)a).CompareTo(b),
    };

    // Some value of the table, one beside it, or any.
    private static object Constant(IcebergPrimitive type, List<object?> rows, Random random)
        => random.Next(3) > 0 && rows[random.Next(rows.Count)] is { } there ? there : Value(type, random) ?? Value(type, new Random(1))!;

    private static object? Value(IcebergPrimitive type, Random random) => random.Next(8) == 0 ? null : type.Kind switch
    {
        IcebergKind.Boolean => random.Next(2) == 0,
        IcebergKind.Int => random.Next(12) == 0 ? new[] { int.MinValue, int.MaxValue }[random.Next(2)] : random.Next(-30, 30),
        IcebergKind.Long => random.Next(12) == 0 ? new[] { long.MinValue, long.MaxValue }[random.Next(2)] : (long)random.Next(-30, 30),
        IcebergKind.Float => random.Next(8) == 0 ? new[] { float.NaN, -0f, 0f, float.NegativeInfinity }[random.Next(4)] : random.Next(-20, 20) / 4f,
        IcebergKind.Double => random.Next(8) == 0 ? new[] { double.NaN, -0.0, 0.0, double.PositiveInfinity }[random.Next(4)] : random.Next(-20, 20) / 4.0,
        IcebergKind.Decimal => (Int128)random.Next(-3000, 3000),
        IcebergKind.Date => random.Next(-800, 800),
        IcebergKind.Time => random.NextInt64(0, 86_400_000_000),
        IcebergKind.Timestamp or IcebergKind.TimestampTz => (random.NextInt64(-800, 800) * 3_600_000_000) + random.Next(3),
        IcebergKind.String => Text(random),
        IcebergKind.Binary => Bytes(random, random.Next(4)),
        IcebergKind.Fixed => Bytes(random, 4),
        _ => Bytes(random, 16),
    };

    // Beginnings that are cut to bounds, the last character there is among them.
    private static string Text(Random random)
        => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(10) switch { 0 => "\U0010FFFF", 1 => "ö", 2 => "\uFFFF", var n => ((char)('a' + (n % 3))).ToString() }));

    private static byte[] Bytes(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(3) == 0 ? (byte)255 : (byte)random.Next(3))];

    private static string Shown(object? value) => value is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(value ?? "null", CultureInfo.InvariantCulture)!;
}
