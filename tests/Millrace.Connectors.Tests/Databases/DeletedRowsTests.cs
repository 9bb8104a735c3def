using System.Globalization;
using Millrace.Runtime;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>Rows that are gone from a table that is read incrementally are found by comparing keys.</summary>
public abstract class DeletedRowsTests(Dialect dialect) : DatabaseTests(dialect)
{
    private const string Change = "DELETE FROM {0} WHERE id % 3 = 0; UPDATE {0} SET v = v + 100, name = 'changed' WHERE id % 5 = 1; INSERT INTO {0} VALUES (40, 'new', 300), (3, 'again', 301)";

    private static int _tables;

    private readonly string _source = dialect.Table("s");

    private enum Kept
    {
        Hard,
        Soft,
    }

    [Fact]
    public async Task A_run_removes_what_is_gone_and_nothing_else()
    {
        Fill();
        string target = NewTarget();
        await RunAsync(target, FaultPlan.None());
        Sql($"INSERT INTO {target} VALUES (99, 'not of this source', 1)");
        Sql(string.Format(CultureInfo.InvariantCulture, Change, _source));
        RunSummary second = (await RunAsync(target, FaultPlan.None()))!;
        AssertSame(target);
        Assert.Contains(second.Notes, n => n.Contains("10 rows of the target were gone", StringComparison.Ordinal));

        RunSummary third = (await RunAsync(target, FaultPlan.None()))!;
        AssertSame(target);
        Assert.DoesNotContain(third.Notes, n => n.Contains("gone", StringComparison.Ordinal));

        Sql($"DELETE FROM {_source}");
        await RunAsync(target, FaultPlan.None());
        Assert.Equal("0", Sql($"SELECT count(*) FROM {target}"));
    }

    [Fact]
    public async Task Rows_that_are_gone_are_kept_with_the_time_where_the_target_says_so_until_they_come_back()
    {
        Fill();
        string target = NewTarget();
        await RunAsync(target, FaultPlan.None(), Kept.Soft);
        Assert.Equal("30", Sql($"SELECT count(*) FROM {target} WHERE _deleted_at IS NULL"));
        Sql($"DELETE FROM {_source} WHERE id <= 4");
        await RunAsync(target, FaultPlan.None(), Kept.Soft);
        string at = Sql($"SELECT id, _deleted_at FROM {target} WHERE _deleted_at IS NOT NULL ORDER BY id");
        Assert.Equal(["1", "2", "3", "4"], at.Split('\n').Select(l => l.Split('|')[0]));

        Sql($"INSERT INTO {_source} VALUES (2, 'back', 400)");
        await RunAsync(target, FaultPlan.None(), Kept.Soft);
        Assert.Equal(at.Split('\n').Where(l => l[0] != '2'), Sql($"SELECT id, _deleted_at FROM {target} WHERE _deleted_at IS NOT NULL ORDER BY id").Split('\n'));
        Assert.Equal("back", Sql($"SELECT name FROM {target} WHERE id = 2"));
    }

    [Fact]
    public async Task A_row_that_comes_while_the_run_compares_stays()
    {
        Fill();
        string target = NewTarget();
        await RunAsync(target, FaultPlan.None());
        Sql($"INSERT INTO {_source} VALUES (50, 'read', 400)");
        FaultPlan counted = FaultPlan.None();
        await RunAsync(NewTarget(), counted);
        for (int step = 0; step < counted.Steps.Count; step++)
        {
            // What is inserted behind the plan is not among the keys, and not among the rows either.
            FaultPlan plan = FaultPlan.PauseAt(step);
            Task<RunSummary?> run = RunAsync(target, plan);
            if (await Task.WhenAny(run, plan.Hung) == plan.Hung)
            {
                Sql(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO {_source} VALUES ({100 + step}, 'late', {1000 + step})"));
                plan.Resume();
            }

            await run;
        }

        await RunAsync(target, FaultPlan.None());
        AssertSame(target);
    }

    [Theory]
    [InlineData(FaultKind.Crash)]
    [InlineData(FaultKind.Error)]
    public async Task Wherever_a_run_dies_the_target_is_the_source_in_the_end(FaultKind kind)
    {
        int step = 0;
        for (bool isReached = true; isReached; step += ProofStride.Or(5))
        {
            Sql($"DROP TABLE IF EXISTS {_source}");
            Fill();
            string target = NewTarget();
            await RunAsync(target, FaultPlan.None());
            Sql(string.Format(CultureInfo.InvariantCulture, Change, _source));
            using var wire = new FaultyWire(Server.Port);
            FaultPlan plan = FaultPlan.At(step, kind);
            wire.Begin(plan);
            RunSummary? summary = await RunAsync(target, plan, port: wire.Port);
            isReached = plan.Steps.Count > step;
            wire.Begin(FaultPlan.None());
            if (summary is not { Outcome: RunOutcome.Succeeded })
            {
                summary = await RunAsync(target, FaultPlan.None());
            }

            Assert.True(summary is { Outcome: RunOutcome.Succeeded }, $"{plan}: {summary?.Error?.Describe()}");
            AssertSame(target);
        }

        Assert.True(step > 30);
    }

    [Theory]
    [InlineData(ReadMode.Full, WriteMode.Merge, "not an incremental one")]
    [InlineData(ReadMode.Incremental, WriteMode.Append, "does not merge")]
    public async Task A_job_that_cannot_compare_is_refused(ReadMode read, WriteMode write, string why)
    {
        Fill();
        RunSummary summary = await new PipelineRunner(PipelineOf(NewTarget(), Kept.Hard, Server.Port, Dialect.Connector, TimeProvider.System) with { ReadMode = read, WriteMode = write }).RunAsync(default);
        Assert.Equal("MR4015", summary.Error!.Code.Id);
        Assert.Contains(why, summary.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_whose_key_is_bad_match_nothing_where_they_are_set_aside()
    {
        // The key of the target is a number: NULL and what is no number cannot be in it.
        string target = NewTarget();
        Sql($"CREATE TABLE {_source} (no bigint PRIMARY KEY, id varchar(40), v bigint NOT NULL UNIQUE); INSERT INTO {_source} VALUES (1, '1', 1), (2, NULL, 2), (3, 'x', 3), (4, '4', 4); CREATE TABLE {target} (id bigint PRIMARY KEY, no bigint, v bigint)");
        Pipeline pipeline = PipelineOf(target, Kept.Hard, Server.Port, Dialect.Connector, new ManualTime());
        using var folder = new TempFolder(inMemory: true);
        await RunAsync(FailureStrategy.LogAndContinue);
        Assert.Equal("1\n4", Sql($"SELECT id FROM {target} ORDER BY id"));

        Sql($"DELETE FROM {_source} WHERE no = 1");
        RunSummary summary = await RunAsync(FailureStrategy.LogAndContinue);
        Assert.Contains(summary.Notes, n => n.Contains("1 rows of the target were gone", StringComparison.Ordinal));
        Assert.Equal("4", Sql($"SELECT id FROM {target}"));

        Sql($"DELETE FROM {_source} WHERE no = 4");
        summary = await new PipelineRunner(pipeline with { BaseDirectory = folder.Path, Failure = new FailureSpec() }).RunAsync(default);
        Assert.Equal(RunOutcome.Failed, summary.Outcome);
        Assert.Equal("4", Sql($"SELECT id FROM {target}"));

        async Task<RunSummary> RunAsync(FailureStrategy strategy)
        {
            RunSummary done = await new PipelineRunner(pipeline with { BaseDirectory = folder.Path, Failure = new FailureSpec { Strategy = strategy } }).RunAsync(default);
            Assert.True(done.Outcome != RunOutcome.Failed, done.Error?.Describe());
            return done;
        }
    }

    private void Fill()
        => Sql($"CREATE TABLE {_source} (id bigint PRIMARY KEY, name varchar(40), v bigint NOT NULL UNIQUE); INSERT INTO {_source} VALUES {string.Join(", ", Enumerable.Range(1, 30).Select(i => $"({i}, 'row {i}', {i})"))}");

    private string NewTarget() => Dialect.Table(string.Create(CultureInfo.InvariantCulture, $"target_{Interlocked.Increment(ref _tables)}"));

    private void AssertSame(string target) => Assert.Equal(Sql($"SELECT id, name, v FROM {_source} ORDER BY id"), Sql($"SELECT id, name, v FROM {target} ORDER BY id"));

    private async Task<RunSummary?> RunAsync(string target, FaultPlan plan, Kept kept = Kept.Hard, int? port = null)
    {
        var time = new ManualTime();
        using var folder = new TempFolder(inMemory: true);
        RunSummary? summary = null;
        await LeakCheck.RunAsync(async () => summary = await InterruptedRun.RunAsync(
            PipelineOf(target, kept, port ?? Server.Port, new FaultyConnector(Dialect.Connector, plan), time) with { BaseDirectory = folder.Path }, plan, time));
        return summary;
    }

    private Pipeline PipelineOf(string target, Kept kept, int port, Connector connector, TimeProvider time) => new()
    {
        Job = $"deletes {target}",
        BaseDirectory = Path.GetTempPath(),
        Source = new Endpoint("proven", connector, Dialect.Source(port, Database, _source)),
        Sink = new Endpoint("proven", connector, kept == Kept.Soft ? Dialect.SoftTarget(port, Database, target) : Dialect.Target(port, Database, target)),
        ReadMode = ReadMode.Incremental,
        Cursor = "v",
        Deletes = ReadDeletes.Compare,
        WriteMode = WriteMode.Merge,
        Key = ["id"],
        Batch = new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = 7 },
        Time = time,
    };
}

[Trait("speed", "slow")]
public sealed class PostgresDeletedRowsTests() : DeletedRowsTests(Dialect.Postgres);

[Trait("speed", "slow")]
public sealed class MySqlDeletedRowsTests() : DeletedRowsTests(Dialect.MySql);
