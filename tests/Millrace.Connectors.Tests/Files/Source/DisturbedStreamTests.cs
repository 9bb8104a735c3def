using Millrace.Connectors.Files;
using Millrace.Connectors.Tests.Files;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;

[assembly: Connector("disturbed", typeof(DisturbedStreamTests.HookedConnector))]

namespace Millrace.Connectors.Tests.Files;

/// <summary>Queries that run on, over files that go before they are read.</summary>
public sealed class DisturbedStreamTests : IDisposable
{
    private static readonly AsyncLocal<Action<ReadRequest>?> Hook = new();

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(30));

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_that_has_gone_before_it_was_read_does_not_hold_the_watermark_back()
    {
        _folder.Write("in/a.csv", "ts,page\n2026-01-01 00:00:00,x\n2026-01-01 00:00:01,x\n2026-01-01 01:00:00,y\n");
        _folder.Write("in/b.csv", "ts,page\n2026-01-01 00:00:00,b\n");
        Hook.Value = request =>
        {
            if (request is { Follows: true, Mode: ReadMode.Incremental })
            {
                File.Delete(_folder["in/b.csv"]);
            }

            if (Directory.Exists(_folder["out"]) && Directory.EnumerateFiles(_folder["out"], "*.csv").Any())
            {
                _stop.Cancel();
            }
        };
        var session = new SqlSession(new ConnectorRegistry(typeof(FilesConnector).Assembly, typeof(DisturbedStreamTests).Assembly), _folder.Path);
        StatementResult? job = null;
        foreach (StatementSyntax statement in SqlParser.ParseScript(new SourceText("""
            CREATE STREAM clicks (ts TIMESTAMP, page VARCHAR, WATERMARK FOR ts AS ts)
              WITH (connector = 'disturbed', path = 'in/*.csv', format = 'csv', follow = 'true', poll = '20ms', watermark.idle.timeout = '1h');
            CREATE TABLE counts WITH (path = 'out/', format = 'csv', batch.strategy = 'low_latency');
            INSERT INTO counts SELECT window_start, page, count(*) AS n
            FROM TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end, page;
            """)))
        {
            job = await session.ExecuteAsync(statement, TestContext.Current.CancellationToken);
        }

        RunSummary summary = await new PipelineRunner(job!.Job!).RunAsync(_stop.Token);

        Assert.Null(summary.Error?.Describe());
        Assert.Contains(summary.Notes, n => n.Contains("b.csv", StringComparison.Ordinal));
        Assert.Equal(["window_start,page,n", "2026-01-01 00:00:00,x,2"], Directory.EnumerateFiles(_folder["out"], "*.csv").SelectMany(File.ReadAllLines).Select(l => l.Replace("T", " ", StringComparison.Ordinal)));
    }

    internal sealed class HookedConnector() : DisturbedConnector(static _ => { })
    {
        protected override void Disturb(ReadRequest request) => Hook.Value?.Invoke(request);
    }
}
