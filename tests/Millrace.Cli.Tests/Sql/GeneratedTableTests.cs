using System.Text.Json.Nodes;
using Millrace.Connectors.Datagen;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sdk;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Generated tables in SQL and in jobs.</summary>
public sealed class GeneratedTableTests
{
    private const string Trades = """
        CREATE TABLE trades (id bigint, symbol varchar, price decimal(10,2), quantity integer, ts timestamp) WITH (
          connector = 'datagen', seed = 42, ROWS
          'fields.id.kind' = 'sequence', 'fields.id.start' = 1,
          'fields.symbol.kind' = 'enum', 'fields.symbol.values' = 'AAPL,MSFT,GOOG', 'fields.symbol.weights' = '5,3,1',
          'fields.price.kind' = 'random_walk', 'fields.price.start' = 100, 'fields.price.step' = 0.5, 'fields.price.min' = 1, 'fields.price.max' = 500, 'fields.price.by' = 'symbol',
          'fields.quantity.kind' = 'zipf', 'fields.quantity.min' = 1, 'fields.quantity.max' = 1000,
          'fields.ts.kind' = 'time', 'fields.ts.start' = '2024-01-01 00:00:00', 'fields.ts.step' = '10ms', 'fields.ts.jitter' = '2s')
        """;

    private readonly SqlSession _session = new(Composition.Connectors, Directory.GetCurrentDirectory());

    [Fact]
    public async Task Trades_are_grouped()
    {
        await ReadAsync(Trades.Replace("ROWS", "rows = 90000,", StringComparison.Ordinal));
        IReadOnlyList<string> counts = await ReadAsync("SELECT symbol, count(*) FROM trades GROUP BY symbol ORDER BY symbol");
        var bySymbol = counts.Select(c => c.Split('\t')).ToDictionary(c => c[0], c => int.Parse(c[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(90_000, bySymbol.Values.Sum());
        Assert.InRange(bySymbol["AAPL"], 49_000, 51_000);
        Assert.InRange(bySymbol["MSFT"], 29_000, 31_000);
        Assert.InRange(bySymbol["GOOG"], 9_300, 10_700);
        Assert.Equal(["90000\t1\t90000"], await ReadAsync("SELECT count(*), min(id), max(id) FROM trades"));

        // A column alone is what it is beside the others, also where it needs one that is not read.
        Assert.Equal(await ReadAsync("SELECT avg(price) FROM (SELECT symbol, price, ts FROM trades)"), await ReadAsync("SELECT avg(price) FROM trades"));
    }

    [Fact]
    public async Task A_table_without_end_takes_a_limit()
    {
        await ReadAsync(Trades.Replace("ROWS", "", StringComparison.Ordinal));
        Assert.Equal(["1", "2", "3"], await ReadAsync("SELECT id FROM trades LIMIT 3"));
        var error = await Assert.ThrowsAsync<MillraceException>(() => ReadAsync("SELECT count(*) FROM trades"));
        Assert.Equal(DatagenErrors.Endless, error.Code);
    }

    [Fact]
    public async Task A_field_that_names_no_column_is_an_error()
    {
        await ReadAsync("CREATE TABLE t (id bigint, name varchar) WITH (connector = 'datagen', rows = 1, 'fields.nam.kind' = 'uuid')");
        var error = await Assert.ThrowsAsync<MillraceException>(() => ReadAsync("SELECT id FROM t"));
        Assert.Contains("did you mean 'name'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_need_neither_fields_nor_to_be_declared()
    {
        await ReadAsync("CREATE TABLE t (id bigint, at timestamp) WITH (connector = 'datagen', rows = 5)");
        Assert.Equal(["5\t5"], await ReadAsync("SELECT count(id), count(DISTINCT at) FROM t"));
        await ReadAsync("CREATE TABLE u WITH (connector = 'datagen', rows = 2, 'fields.id' = 'sequence')");
        Assert.Equal(["1", "2"], await ReadAsync("SELECT * FROM u"));
    }

    [Fact]
    public async Task A_job_and_a_location_generate_the_same()
    {
        using var folder = new TempFolder();
        string job = folder.Write("job.yaml", """
            name: fill
            source:
              connector: datagen
              rows: 1000
              seed: 3
              columns: {id: bigint, user: varchar, amount: "decimal(8,2)"}
              fields:
                id: sequence
                user: {kind: template, template: "user-{id}"}
                amount: {kind: uniform, min: 1, max: 100}
            target:
              connector: files
              path: out.csv
            """);
        RunSummary summary = await new PipelineRunner(Pipeline.Of(JobFile.Load(job, Composition.Connectors), Composition.Connectors)).RunAsync(CancellationToken.None);
        Assert.Null(summary.Error);
        Assert.Equal(1000, summary.Rows);

        const string location = "datagen://?rows=1000&seed=3&columns.id=bigint&columns.user=varchar&columns.amount=decimal(8,2)&fields.id=sequence&fields.user.kind=template&fields.user.template=user-{id}&fields.amount.kind=uniform&fields.amount.min=1&fields.amount.max=100";
        string[] lines = await File.ReadAllLinesAsync(folder["out.csv"]);
        IReadOnlyList<string> rows = await ReadAsync($"SELECT id, user, amount FROM '{location}' ORDER BY id");
        Assert.Equal(rows.Select(r => r.Replace('\t', ',')), lines.Skip(1));
    }

    private Task<IReadOnlyList<string>> ReadAsync(string sql) => LogicTests.RowsAsync(_session, sql);
}
