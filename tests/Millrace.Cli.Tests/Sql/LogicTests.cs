using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>
/// The corpus under <c>tests/sql</c>: the engine gives the rows that stand in the files, and so does DuckDB. With
/// <c>MILLRACE_UPDATE_SLT=1</c> the rows in the files become those of DuckDB.
/// </summary>
public sealed class LogicTests
{
    public static TheoryData<string> Files => [.. LogicFile.Names];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Statements_give_what_the_file_says(string name)
    {
        LogicFile file = LogicFile.Read(name);
        var session = new SqlSession(Composition.Connectors, Path.GetDirectoryName(file.Path)!);
        var faults = new List<string>();
        foreach (LogicRecord record in file.Records.Where(r => r.Kind != LogicKind.Comment && !r.OnlyDuckDb))
        {
            if (await RunAsync(session, record) is { } fault)
            {
                faults.Add($"{name}:{record.Line}: {record.Sql}\n{fault}");
            }
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of {file.Records.Count} records:\n\n{string.Join("\n\n", faults.Take(20))}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    [Trait("speed", "slow")]
    public void DuckDb_gives_the_same(string name)
    {
        LogicFile file = LogicFile.Read(name);
        bool update = Environment.GetEnvironmentVariable("MILLRACE_UPDATE_SLT") == "1";
        string session = $"slt {name}";
        Ask(session, $"SET file_search_path = '{Path.GetDirectoryName(file.Path)}'");
        var records = new List<LogicRecord>();
        var faults = new List<string>();
        foreach (LogicRecord record in file.Records)
        {
            records.Add(record);
            if (record.Kind == LogicKind.Comment || record.SkipsDuckDb)
            {
                continue;
            }

            try
            {
                IReadOnlyList<string> rows = Ask(session, record.Sql);
                if (update && record.Kind == LogicKind.Query)
                {
                    records[^1] = record with { Rows = record.Sorted ? [.. rows.Order(StringComparer.Ordinal)] : rows };
                }
                else if (record.Kind == LogicKind.Query && LogicRows.Difference(record.Rows, rows, record.Sorted) is { } difference)
                {
                    faults.Add($"{name}:{record.Line}: {record.Sql}\n{difference}");
                }
                else if (record.Kind == LogicKind.Error)
                {
                    faults.Add($"{name}:{record.Line}: {record.Sql}\nDuckDB finds no error");
                }
            }
            catch (OracleException e) when (record.Kind != LogicKind.Error)
            {
                faults.Add($"{name}:{record.Line}: {record.Sql}\n{e.Message}");
            }
            catch (OracleException)
            {
            }
        }

        if (update)
        {
            file.Write(records);
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of {file.Records.Count} records:\n\n{string.Join("\n\n", faults.Take(20))}");
    }

    private static IReadOnlyList<string> Ask(string session, string sql)
    {
        JsonNode result = NodeOracle.Ask("duckdb", new JsonObject { ["sql"] = sql, ["session"] = session });
        return [.. result["rows"]!.AsArray().Select(r => string.Join('\t', r!.AsArray().Select(LogicRows.Cell)))];
    }

    private static async Task<string?> RunAsync(SqlSession session, LogicRecord record)
    {
        try
        {
            IReadOnlyList<string> rows = await RowsAsync(session, record.Sql);
            return record.Kind switch
            {
                LogicKind.Error => "no error was found",
                LogicKind.Query => LogicRows.Difference(record.Rows, rows, record.Sorted),
                _ => null,
            };
        }
        catch (MillraceException e) when (record.Kind == LogicKind.Error && (record.Code is null || record.Code == e.Code.Id))
        {
            return null;
        }
        catch (Exception e)
        {
            return e is MillraceException known ? known.Describe() : e.ToString();
        }
    }

    internal static async Task<IReadOnlyList<string>> RowsAsync(SqlSession session, string sql)
    {
        await using StatementResult result = await session.ExecuteAsync(SqlParser.ParseStatement(new SourceText(sql)), CancellationToken.None);
        var rows = new List<string?[]>();
        if (result.Rows is not null)
        {
            await foreach (RecordBatch batch in result.Rows)
            {
                using (batch)
                {
                    RowText.Append(batch, rows);
                }
            }
        }

        return [.. rows.Select(r => string.Join('\t', r.Select(LogicRows.Cell)))];
    }
}
