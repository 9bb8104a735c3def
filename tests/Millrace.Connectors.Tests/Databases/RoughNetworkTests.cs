using System.Globalization;
using Millrace.Runtime;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>Slow networks only take longer; of those that fail a run is told, and another attempt comes through with every row once.</summary>
public abstract class RoughNetworkTests(Dialect dialect) : DatabaseTests(dialect)
{
    // Little work for the server, which is silent meanwhile also where nothing is wrong.
    private const int Rows = 600;
    private const int Epoch = 300;
    private const int Width = 400;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // What is sent has to be far more than what the system holds for it: meanwhile the server is not heard.
    [Theory]
    [InlineData(true, 600)]
    [InlineData(false, 20_000)]
    public async Task A_network_that_trickles_for_longer_than_the_limit_is_no_silent_one(bool isOfSource, int rows)
    {
        Fill(rows);
        TimeSpan limit = isOfSource ? Limit : Limit * 2;

        using var wire = new RoughWire(Server.Port) { BytesPerSecond = (int)(rows * Width / (limit.TotalSeconds * 1.2)), Latency = TimeSpan.FromMilliseconds(1) };
        long start = Environment.TickCount64;
        RunSummary summary = await RunAsync(isOfSource ? wire.Port : Server.Port, isOfSource ? Server.Port : wire.Port, rows, attempts: 1, limit);
        Assert.True(summary.Outcome == RunOutcome.Succeeded, summary.Error?.Describe());
        Assert.True(TimeSpan.FromMilliseconds(Environment.TickCount64 - start) > limit, "The network was not slow.");
        AssertSame();
    }

    [Fact]
    public async Task A_read_that_stalls_for_good_is_ended_with_the_server_the_table_and_the_option()
    {
        Fill();
        using var wire = new RoughWire(Server.Port) { Fault = WireFault.After(Rows * Width / 4, WireDirection.Answer, WireEnd.Stall) };
        AssertSilent(await RunAsync(wire.Port, Server.Port, Epoch, attempts: 1), wire.Port, Dialect.Table("s"));

        RunSummary again = await RunAsync(wire.Port, Server.Port, Epoch, attempts: 1);
        Assert.True(again.Outcome == RunOutcome.Succeeded, again.Error?.Describe());
        AssertSame();
    }

    [Fact]
    public async Task A_load_that_stalls_for_good_is_ended_with_the_server_the_table_and_the_option_and_leaves_no_session()
    {
        Fill();
        using var wire = new RoughWire(Server.Port) { Fault = WireFault.After(Epoch * Width / 2, WireDirection.Request, WireEnd.Stall) };
        AssertSilent(await RunAsync(Server.Port, wire.Port, Epoch, attempts: 1), wire.Port, Dialect.Table("t"));
        for (int i = 0; i < 300 && Sql(Dialect.Sessions).Length > 0; i++)
        {
        }

        Assert.Equal("", Sql(Dialect.Sessions));
    }

    [Theory]
    [InlineData(WireEnd.Stall)]
    [InlineData(WireEnd.Cut)]
    public async Task A_read_that_breaks_off_in_the_middle_is_tried_again_and_every_row_is_written_once(WireEnd end)
    {
        Fill();
        using var wire = new RoughWire(Server.Port) { Fault = WireFault.After(Rows * Width * 3 / 4, WireDirection.Answer, end) };
        await ComesThroughAsync(wire, wire.Port, Server.Port);
    }

    [Theory]
    [InlineData(WireEnd.Stall)]
    [InlineData(WireEnd.Cut)]
    public async Task A_load_that_breaks_off_in_the_middle_is_tried_again_and_every_row_is_written_once(WireEnd end)
    {
        Fill();

        // In the second epoch.
        using var wire = new RoughWire(Server.Port) { Fault = WireFault.After(Epoch * Width * 3 / 2, WireDirection.Request, end) };
        await ComesThroughAsync(wire, Server.Port, wire.Port);
    }

    [Theory]
    [InlineData(WireDirection.Request, WireEnd.Stall)]
    [InlineData(WireDirection.Request, WireEnd.Cut)]
    [InlineData(WireDirection.Answer, WireEnd.Stall)]
    [InlineData(WireDirection.Answer, WireEnd.Cut)]
    public async Task A_commit_that_is_lost_or_whose_answer_is_is_found_out_by_the_next_attempt(WireDirection lost, WireEnd end)
    {
        Fill();
        // Behind the rows of the first epoch.
        using var wire = new RoughWire(Server.Port) { Fault = WireFault.At("COMMIT", lost, end, Epoch * Width) };
        await ComesThroughAsync(wire, Server.Port, wire.Port);
    }

    [Fact]
    public async Task A_connection_that_stalls_while_the_table_is_made_leaves_no_lock_for_the_next_attempt()
    {
        Fill();
        using var wire = new RoughWire(Server.Port) { Fault = WireFault.At("COMMIT", WireDirection.Request, WireEnd.Stall) };
        await ComesThroughAsync(wire, Server.Port, wire.Port);
    }

    [Theory]
    [InlineData(null, WireDirection.Answer)]
    [InlineData(null, WireDirection.Request)]
    [InlineData("COMMIT", WireDirection.Request)]
    public async Task A_run_that_is_stopped_while_a_server_is_silent_ends_soon_whatever_the_limit_is(string? request, WireDirection lost)
    {
        Fill();
        var time = new ManualTime();
        using var stop = new CancellationTokenSource();
        using var wire = new RoughWire(Server.Port)
        {
            Fault = request is null ? WireFault.After(Epoch * Width / 2, lost, WireEnd.Stall) : WireFault.At(request, lost, WireEnd.Stall, Epoch * Width),
        };
        bool reads = lost == WireDirection.Answer;
        Task<RunSummary> running = RunAsync(reads ? wire.Port : Server.Port, reads ? Server.Port : wire.Port, Epoch, attempts: 1, TimeSpan.FromHours(1), time, stop.Token);
        await wire.Struck.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        time.Advance(PipelineRunner.StopDeadline);
        Assert.Equal(RunOutcome.Failed, (await running).Outcome);

        RunSummary again = await RunAsync(Server.Port, Server.Port, Epoch, attempts: 1);
        Assert.True(again.Outcome == RunOutcome.Succeeded, again.Error?.Describe());
        AssertSame();
    }

    [Fact]
    public async Task The_system_asks_the_other_end_of_a_silent_connection_for_a_sign_of_life()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows the timers of connections.");
        using var wire = new RoughWire(Server.Port);
        var schema = new Schema([new Field("id", DataType.Int64)]);
        await using ISink sink = Dialect.Connector.OpenSink(Dialect.Target(wire.Port, Database, Dialect.Table("t")), new ConnectorContext { Job = "rough" });
        await sink.RecoverAsync(default);
        await sink.EnsureSchemaAsync(schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = schema, RunId = "run", FencingToken = 1 }, default);

        // Columns of /proc/net/tcp: the other end's address, and the timer with hundredths of a second until it is due; 2 is keep-alive.
        string port = string.Create(CultureInfo.InvariantCulture, $":{wire.Port:X4}");
        List<int> due = [];
        for (int i = 0; i < 300 && due.Count == 0; i++)
        {
            due = [.. File.ReadLines("/proc/net/tcp").Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(f => f[2].EndsWith(port, StringComparison.Ordinal) && f[3] == "01" && f[5].StartsWith("02:", StringComparison.Ordinal))
                .Select(f => int.Parse(f[5].AsSpan(3), NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
        }

        Assert.NotEmpty(due);
        Assert.All(due, d => Assert.InRange(d, 0, 30 * 100));
    }

    private async Task ComesThroughAsync(RoughWire wire, int source, int target)
    {
        RunSummary summary = await RunAsync(source, target, Epoch, attempts: 6);
        Assert.Null(wire.Fault);
        Assert.True(summary.Outcome == RunOutcome.Succeeded, summary.Error?.Describe());
        Assert.InRange(summary.Retries, 1, 5);
        AssertSame();
    }

    private void AssertSilent(RunSummary summary, int port, string table)
    {
        MillraceException e = summary.Error!;
        Assert.Equal((Dialect.Silent, ErrorClass.Retryable), (e.Code.Id, e.Code.Class));
        string text = e.Describe();
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}: not a byte came or went for 2 s while "), text, StringComparison.Ordinal);
        Assert.Contains(table, text, StringComparison.Ordinal);
        Assert.Contains("`network_timeout`", text, StringComparison.Ordinal);
    }

    private void Fill(int rows = Rows)
        => Sql($"CREATE TABLE {Dialect.Table("s")} (id bigint PRIMARY KEY, name varchar({Width})); {Dialect.InsertNumbered(Dialect.Table("s"), rows, $"repeat('x', {Width})")}");

    private void AssertSame() => Assert.Equal(
        Sql($"SELECT count(*), count(DISTINCT id), min(id), max(id), sum(length(name)) FROM {Dialect.Table("s")}"),
        Sql($"SELECT count(*), count(DISTINCT id), min(id), max(id), sum(length(name)) FROM {Dialect.Table("t")}"));

    private async Task<RunSummary> RunAsync(int source, int target, int epoch, int attempts, TimeSpan? limit = null, TimeProvider? time = null, CancellationToken stop = default)
    {
        using var folder = new TempFolder(inMemory: true);
        RunSummary? summary = null;
        await LeakCheck.RunAsync(async () => summary = await new PipelineRunner(new Pipeline
        {
            Job = "rough",
            BaseDirectory = folder.Path,
            Source = new Endpoint("rough", Dialect.Connector, Dialect.WithNetworkTimeout(Dialect.Source(source, Database, Dialect.Table("s")), limit ?? Limit)),
            Sink = new Endpoint("rough", Dialect.Connector, Dialect.WithNetworkTimeout(Dialect.Target(target, Database, Dialect.Table("t")), limit ?? Limit)),
            ReadMode = ReadMode.Incremental,
            Cursor = "id",
            WriteMode = WriteMode.Append,
            Time = time ?? TimeProvider.System,
            Batch = new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = epoch },
            Failure = new FailureSpec { Retry = new RetrySpec { Attempts = attempts, InitialDelay = TimeSpan.FromMilliseconds(1) } },
        }).RunAsync(stop).WaitAsync(TimeSpan.FromSeconds(30)));
        return summary!;
    }
}

[Trait("speed", "slow")]
public sealed class PostgresRoughNetworkTests() : RoughNetworkTests(Dialect.Postgres);

[Trait("speed", "slow")]
public sealed class MySqlRoughNetworkTests() : RoughNetworkTests(Dialect.MySql);
