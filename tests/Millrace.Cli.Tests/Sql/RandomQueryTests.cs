using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Runtime.Sql;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Random queries over random rows give what DuckDB gives. <c>MILLRACE_QUERIES</c> sets how many, <c>MILLRACE_SEED</c> where they begin.</summary>
[Trait("speed", "slow")]
public sealed class RandomQueryTests
{
    private const int Rows = 60;
    private const int PerTables = 100;

    [Fact]
    public async Task Random_queries_give_what_DuckDb_gives()
    {
        int count = Number("MILLRACE_QUERIES", 500);
        int first = Number("MILLRACE_SEED", 1);
        var faults = new List<string>();
        for (int start = 0; start < count; start += PerTables)
        {
            var session = new SqlSession(Composition.Connectors, Directory.GetCurrentDirectory());
            string name = $"random {first + start}";
            foreach (string statement in RandomQuery.Setup(first + start, Rows))
            {
                await LogicTests.RowsAsync(session, statement);
                DuckDb(name, statement);
            }

            for (int i = start; i < Math.Min(count, start + PerTables); i++)
            {
                string sql = new RandomQuery(first + i).Next();
                if (await CompareAsync(session, name, sql) is { } fault)
                {
                    faults.Add($"seed {first + i}: {sql}\n{fault}");
                }
            }
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of {count} queries:\n\n{string.Join("\n\n", faults.Take(15))}");
    }

    private static async Task<string?> CompareAsync(SqlSession session, string name, string sql)
    {
        IReadOnlyList<string> expected;
        try
        {
            expected = DuckDb(name, sql);
        }
        catch (OracleException e)
        {
            // A query that DuckDB refuses tells nothing; one that the generator gets wrong is a fault of the generator.
            return e.Message.Contains("Binder Error", StringComparison.Ordinal) || e.Message.Contains("Parser Error", StringComparison.Ordinal) ? e.Message : null;
        }

        try
        {
            return LogicRows.Difference(expected, await LogicTests.RowsAsync(session, sql), sorted: true);
        }
        catch (MillraceException e)
        {
            return e.Describe();
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    private static IReadOnlyList<string> DuckDb(string session, string sql)
    {
        JsonNode result = NodeOracle.Ask("duckdb", new JsonObject { ["sql"] = sql, ["session"] = session });
        return [.. result["rows"]!.AsArray().Select(r => string.Join('\t', r!.AsArray().Select(LogicRows.Cell)))];
    }

    private static int Number(string variable, int otherwise)
        => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
