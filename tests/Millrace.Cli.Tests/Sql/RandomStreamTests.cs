using System.Globalization;
using Millrace.Columnar;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;
using Millrace.Sql.Tests.Streaming;

namespace Millrace.Cli.Tests.Sql;

/// <summary>
/// Random queries over streams of random rows, with batches, lanes and restarts at random, give what they give over tables;
/// and no two rows share the key that the plan claims. <c>MILLRACE_QUERIES</c> sets how many, <c>MILLRACE_SEED</c> where they begin.
/// </summary>
[Trait("speed", "slow")]
public sealed class RandomStreamTests
{
    private const int Rows = 60;
    private const int PerTables = 50;

    [Fact]
    public async Task Random_queries_over_streams_give_what_they_give_over_tables()
    {
        int count = Number("MILLRACE_QUERIES", 100);
        int first = Number("MILLRACE_SEED", 1);
        var faults = new List<string>();
        for (int start = 0; start < count; start += PerTables)
        {
            using var session = new SqlSession(Composition.Connectors, Directory.GetCurrentDirectory());
            foreach (string statement in RandomQuery.Setup(first + start, Rows))
            {
                await LogicTests.RowsAsync(session, statement);
            }

            StreamTable[] tables = [await TableAsync(session, "a"), await TableAsync(session, "b"), await TableAsync(session, "c")];
            for (int i = start; i < Math.Min(count, start + PerTables); i++)
            {
                string sql = new RandomQuery(first + i).Next();
                if (await CompareAsync(session, tables, sql, new Random(first + i)) is { } fault)
                {
                    faults.Add($"seed {first + i}: {sql}\n{fault}");
                }
            }

            Array.ForEach(tables, t => t.Dispose());
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of {count} queries:\n\n{string.Join("\n\n", faults.Take(15))}");
    }

    private static async Task<string?> CompareAsync(SqlSession session, StreamTable[] tables, string sql, Random random)
    {
        IReadOnlyList<string> expected;
        try
        {
            expected = await LogicTests.RowsAsync(session, sql);
        }
        catch (MillraceException)
        {
            // A row without a value ends either, at whichever row comes first.
            return null;
        }

        var variant = new StreamVariant(1 + random.Next(random.Next(2) == 0 ? 8 : 80), 1 + random.Next(3))
        {
            Splits = 1 + random.Next(2),
            Restarts = random.Next(2) == 0 ? random.Next() : null,
        };
        var settings = new StreamSettings { EmitsEveryRecord = random.Next(4) == 0, Emit = random.Next(4) == 0 ? EmitMode.Final : null };
        try
        {
            StreamPlan plan = await StreamKit.PlanAsync(sql, tables, settings);
            using var driver = new StreamDriver(plan, tables, variant, settings) { Text = NexmarkStreams.Text };
            List<string> found = StreamKit.Fold(await driver.RunAsync());
            return (LogicRows.Difference(expected, found, sorted: true) ?? Repeated(plan.Key, found)) is { } fault ? $"{variant}\n{fault}" : null;
        }
        catch (Exception e)
        {
            return $"{variant}\n{e}";
        }
    }

    private static string? Repeated(IReadOnlyList<int>? key, List<string> rows)
        => key is null ? null
            : rows.GroupBy(r => string.Join('\t', key.Select(k => r.Split('\t')[k]))).FirstOrDefault(g => g.Count() > 1) is { } twice
                ? $"{twice.Count()} rows have the key [{string.Join(", ", key)}] {twice.Key}"
                : null;

    private static async Task<StreamTable> TableAsync(SqlSession session, string name)
    {
        await using StatementResult result = await session.ExecuteAsync(SqlParser.ParseStatement(new SourceText($"SELECT * FROM {name}")), default);
        var batches = new List<RecordBatch>();
        await foreach (RecordBatch batch in result.Rows!)
        {
            batches.Add(batch);
        }

        return StreamTable.Of(name, result.Schema!, batches);
    }

    private static int Number(string variable, int otherwise)
        => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
