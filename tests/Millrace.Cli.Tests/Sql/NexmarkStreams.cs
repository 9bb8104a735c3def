using Millrace.Columnar;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;
using Millrace.Sql.Tests.Streaming;
using Millrace.TestKit.Nexmark;

namespace Millrace.Cli.Tests.Sql;

/// <summary>The events as tables that a stream reads bit by bit, with DuckDB's answers for comparison.</summary>
public sealed class NexmarkStreams : IDisposable
{
    /// <summary>With this variable set all variants run over many events; without it a few over few.</summary>
    public const string Variable = "MILLRACE_NEXMARK_STREAMS";

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);
    private static readonly NexmarkOptions Options = new() { EventsPerSecond = 80, Disorder = Delay };

    private readonly Dictionary<(int Events, int? Shuffle), StreamTable[]> _tables = [];
    private readonly Dictionary<int, NexmarkEngines> _engines = [];

    public static bool RunsAll => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>The folded result of a query over a stream of events, rows sorted.</summary>
    /// <param name="query">Name of the query.</param>
    /// <param name="events">Events in all.</param>
    /// <param name="variant">How it is run.</param>
    /// <param name="shuffle">Seed for an order of rows in which none is late; null for their own.</param>
    internal async Task<string[]> RunAsync(string query, int events, StreamVariant variant, int? shuffle)
    {
        StreamTable[] tables = await TablesAsync(events, shuffle);
        StreamPlan plan = await StreamKit.PlanAsync(NexmarkEngines.Sql(query), tables);
        using var driver = new StreamDriver(plan, tables, variant, new StreamSettings()) { Text = Text };
        return [.. StreamKit.Fold(await driver.RunAsync())];
    }

    /// <summary>DuckDB's rows, sorted.</summary>
    internal string[] DuckDb(string query, int events) => EnginesOf(events).DuckDb(query);

    public void Dispose()
    {
        foreach (StreamTable table in _tables.Values.SelectMany(t => t))
        {
            table.Dispose();
        }

        foreach (NexmarkEngines engines in _engines.Values)
        {
            engines.Dispose();
        }
    }

    internal static string Text(RecordBatch batch, int row, int columns)
    {
        using RecordBatch one = batch.Slice(row, 1);
        var rows = new List<string?[]>();
        RowText.Append(one, rows);
        return string.Join('\t', rows[0].Take(columns).Select(LogicRows.Cell));
    }

    private NexmarkEngines EnginesOf(int events)
    {
        if (!_engines.TryGetValue(events, out NexmarkEngines? engines))
        {
            _engines.Add(events, engines = new NexmarkEngines(Options, events));
        }

        return engines;
    }

    private async Task<StreamTable[]> TablesAsync(int events, int? shuffle)
    {
        if (_tables.TryGetValue((events, shuffle), out StreamTable[]? tables))
        {
            return tables;
        }

        using SqlSession session = await EnginesOf(events).SessionAsync(1);
        tables = new StreamTable[3];
        foreach (NexmarkKind kind in Enum.GetValues<NexmarkKind>())
        {
            await using StatementResult result = await session.ExecuteAsync(SqlParser.ParseStatement(new SourceText($"SELECT * FROM {kind}")), default);
            var batches = new List<RecordBatch>();
            await foreach (RecordBatch batch in result.Rows!)
            {
                batches.Add(batch);
            }

            using RecordBatch all = Concat.Batches(batches);
            batches.ForEach(b => b.Dispose());
            tables[(int)kind] = StreamTable.Of(kind.ToString().ToLowerInvariant(), all.Schema, [shuffle is { } seed ? Shuffled(all, seed) : all.Share()], ("dateTime", $"dateTime - INTERVAL '{Delay.TotalSeconds}' SECOND"));
        }

        _tables.Add((events, shuffle), tables);
        return tables;
    }

    // A row comes behind only such rows as are less than the delay later than it.
    private static RecordBatch Shuffled(RecordBatch rows, int seed)
    {
        var random = new Random(seed);
        var times = (FixedColumn<long>)rows["dateTime"];
        long delay = Delay.Ticks / TimeSpan.TicksPerMicrosecond * times.Type.Unit.PerSecond() / 1_000_000;
        long[] places = [.. times.Values.ToArray().Select(t => t + random.NextInt64(delay))];
        int[] order = [.. Enumerable.Range(0, rows.Length)];
        Array.Sort(places, order);
        return Take.Rows(rows, order);
    }
}
