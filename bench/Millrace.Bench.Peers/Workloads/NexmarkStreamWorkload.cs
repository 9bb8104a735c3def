using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors;
using Millrace.Runtime.Sql;
using Millrace.Sdk;
using Millrace.Sql;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;
using Millrace.TestKit.Nexmark;

namespace Millrace.Bench.Peers;

/// <summary>
/// The queries of Nexmark over events in memory, as streams in rounds, against the batch engine over the same rows: what it
/// costs to follow changes. What the changes add up to is compared with the result of the batch engine. Times are of the
/// processor, over all threads, so other work on the machine does not count: events a second are those of one core.
/// </summary>
internal static class NexmarkStreamWorkload
{
    private const int RoundEvents = 32 << 10;

    public static void Run(BenchOptions options) => RunAsync(options).GetAwaiter().GetResult();

    private static async Task RunAsync(BenchOptions options)
    {
        long events = options.Rows ?? 1_000_000;
        MemoryTable[] tables = await LoadAsync(Auctions.Folder(events));
        var catalog = new MemoryCatalog();
        foreach (MemoryTable table in tables)
        {
            catalog.Add(new Stream(table));
        }

        Console.WriteLine("query  threads  stream events/s/core  batch events/s/core  ratio  changes  state rows  state MiB");
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Folders.Root, "tests", "sql", "nexmark"), "q??.sql").Order(StringComparer.Ordinal))
        {
            if (options.Query is { } only && !path.EndsWith($"q{only:00}.sql", StringComparison.Ordinal))
            {
                continue;
            }

            QuerySyntax query = ((QueryStatement)SqlParser.ParseStatement(new SourceText(await File.ReadAllTextAsync(path), path))).Query;
            foreach (int threads in options.Threads)
            {
                (double batch, ulong expected) = (double.MaxValue, 0);
                Streamed stream = new(double.MaxValue, 0, 0, default);
                for (int turn = 0; turn < options.Pairs; turn++)
                {
                    (double seconds, expected) = await BatchAsync(query, catalog, threads);
                    batch = Math.Min(batch, seconds);
                    Streamed next = await StreamAsync(query, catalog, tables, threads);
                    if (next.Digest != expected)
                    {
                        throw new InvalidOperationException($"{Path.GetFileName(path)}: the changes of the stream do not add up to the result of the batch engine.");
                    }

                    stream = next.Seconds < stream.Seconds ? next : stream;
                }

                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Path.GetFileNameWithoutExtension(path),-6} {threads,7} {events / stream.Seconds,21:N0} {events / batch,20:N0} {batch / stream.Seconds,6:0.00} {stream.Changes,8} {stream.Peak.Rows,11} {stream.Peak.Bytes / 1048576.0,10:0.0}"));
            }
        }
    }

    private static async Task<MemoryTable[]> LoadAsync(string folder)
    {
        using var session = new SqlSession(new ConnectorRegistry(BuiltInConnectors.Assembly), folder);
        var tables = new List<MemoryTable>();
        foreach (NexmarkKind kind in Enum.GetValues<NexmarkKind>())
        {
            StatementSyntax read = SqlParser.ParseStatement(new SourceText($"SELECT * FROM '{NexmarkFiles.Names[(int)kind]}' ({NexmarkFiles.Columns[(int)kind]})"));
            await using StatementResult result = await session.ExecuteAsync(read, CancellationToken.None);
            var batches = new List<RecordBatch>();
            await foreach (RecordBatch batch in result.Rows!)
            {
                batches.Add(batch);
            }

            tables.Add(new MemoryTable(kind.ToString(), result.Schema!, batches));
        }

        return [.. tables];
    }

    private static async Task<(double Seconds, ulong Digest)> BatchAsync(QuerySyntax query, MemoryCatalog catalog, int threads)
    {
        TimeSpan started = Environment.CpuUsage.TotalTime;
        QueryResult result = await SqlEngine.QueryAsync(query, catalog, BuiltInFunctions.Table, new QueryContext { Lanes = threads }, CancellationToken.None);
        ulong digest = 0;
        await foreach (RecordBatch batch in result.Rows)
        {
            using (batch)
            {
                digest += Digest(batch, default);
            }
        }

        return ((Environment.CpuUsage.TotalTime - started).TotalSeconds, digest);
    }

    private static async Task<Streamed> StreamAsync(QuerySyntax query, MemoryCatalog catalog, MemoryTable[] tables, int threads)
    {
        BoundQuery bound = await QueryBinder.BindAsync(query, catalog, BuiltInFunctions.Table, CancellationToken.None);
        var settings = new StreamSettings();
        StreamPlan plan = await StreamPlanner.PlanAsync(bound, BuiltInFunctions.Table, settings, CancellationToken.None);
        using var run = new StreamRun(plan, new QueryContext { Lanes = threads }, settings);
        long total = tables.Sum(t => t.RowEstimate!.Value);
        Feed[] feeds = [.. plan.Inputs.Select(input => new Feed(input, tables.First(t => t.Name == input.Table.Name)))];
        long changes = 0;
        ulong digest = 0;
        StateSize peak = default;
        TimeSpan started = Environment.CpuUsage.TotalTime;
        for (long done = 0; done < total;)
        {
            done = Math.Min(total, done + RoundEvents);
            foreach (Feed feed in feeds)
            {
                feed.PushTo(run, (double)done / total);
                if (done == total)
                {
                    run.EndInput(feed.Input.Number);
                }
            }

            foreach (RecordBatch batch in await run.RunRoundAsync(DateTimeOffset.UnixEpoch, CancellationToken.None))
            {
                using (batch)
                {
                    using RecordBatch rows = plan.IsChanges ? Weights.Strip(batch) : batch.Share();
                    changes += batch.Length;
                    digest += Digest(rows, Weights.Of(batch, plan.IsChanges));
                }
            }

            StateSize size = run.Status.Stages.Aggregate(default(StateSize), (sum, s) => sum + s.State);
            peak = size.Bytes > peak.Bytes ? size : peak;
        }

        return new Streamed((Environment.CpuUsage.TotalTime - started).TotalSeconds, changes, digest, peak);
    }

    // The same for the same rows in any order, each as often as it counts.
    private static ulong Digest(RecordBatch rows, ReadOnlySpan<long> weights)
    {
        var hashes = new ulong[rows.Length];
        Hash.Rows([.. rows.Columns], hashes);
        ulong digest = 0;
        for (int row = 0; row < hashes.Length; row++)
        {
            digest += hashes[row] * (ulong)(weights.IsEmpty ? 1 : weights[row]);
        }

        return digest;
    }

    private readonly record struct Streamed(double Seconds, long Changes, ulong Digest, StateSize Peak);

    /// <summary>A table whose event time is complete but for two seconds.</summary>
    private sealed class Stream(MemoryTable rows) : ISqlTable
    {
        public string Name => rows.Name;

        public Schema Schema => rows.Schema;

        public long? RowEstimate => rows.RowEstimate;

        public TableWatermark? Watermark { get; } = new("dateTime", ((SelectSyntax)((QueryStatement)SqlParser.ParseStatement(new SourceText("SELECT dateTime - INTERVAL '2' SECOND"))).Query.Body).Items[0].Expression);

        public ValueTask<ITableScan> ScanAsync(TableRequest request, CancellationToken cancellation) => rows.ScanAsync(request, cancellation);
    }

    /// <summary>The batches of a table, of which a share is pushed in each round.</summary>
    private sealed class Feed(StreamInput input, MemoryTable table)
    {
        private readonly int[] _columns = [.. input.Columns.Select(table.Schema.Require)];
        private int _next;

        public StreamInput Input => input;

        public void PushTo(StreamRun run, double share)
        {
            int until = (int)Math.Ceiling(table.Batches.Count * share);
            for (; _next < until; _next++)
            {
                using RecordBatch rows = table.Batches[_next].Select(_columns);
                run.Push(input.Number, "events", rows);
            }
        }
    }
}
