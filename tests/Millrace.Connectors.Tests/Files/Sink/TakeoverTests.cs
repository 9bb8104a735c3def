using Millrace.Connectors.Common;
using Millrace.Connectors.Files;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Files;

/// <summary>
/// A run stands still at a step of its store, another takes its output over, and the first goes on: before the other has
/// done anything, half-way through it, or when it is done. Whatever the order, rows are there once.
/// </summary>
[Trait("speed", "slow")]
public sealed class TakeoverTests
{
    public static TheoryData<string> Jobs => ["append", "append in small files", "append to partitions", "overwrite"];

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task A_run_that_goes_on_after_it_was_taken_over_loses_and_doubles_nothing(string kind)
    {
        FaultPlan straight = FaultPlan.None();
        await RunAsync(kind, straight, FaultPlan.None());
        Assert.True(straight.Steps.Count > 50);
        int fenced = 0;
        for (int step = 0; step < straight.Steps.Count; step++)
        {
            fenced += await RunAsync(kind, FaultPlan.PauseAt(step), FaultPlan.None()) ? 1 : 0;
        }

        Assert.True(fenced > straight.Steps.Count / 2, $"{fenced} of {straight.Steps.Count} runs were fenced off.");
    }

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task A_run_that_goes_on_while_the_other_is_half_way_loses_and_doubles_nothing(string kind)
    {
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            await RunAsync(kind, FaultPlan.PauseAt(random.Next(100)), FaultPlan.PauseAt(random.Next(100)));
        }
    }

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task One_who_takes_over_and_dies_leaves_the_next_run_safe_from_the_first(string kind)
    {
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            using var harness = new SinkHarness();
            await PrepareAsync(harness, kind);
            FaultPlan first = FaultPlan.PauseAt(random.Next(100));
            Task<MillraceException?> old = StartAsync(harness, kind, first);
            await Task.WhenAny(first.Hung, old);
            FaultPlan dies = FaultPlan.CrashAt(random.Next(30));
            harness.Wrap = store => new FaultyStore(store, dies);
            try
            {
                await CrashTests.WriteDatasetAsync(harness, kind, takesOver: true);
            }
            catch (CrashException)
            {
            }

            // The next one does not know of the first, unless that still has its lock.
            harness.Wrap = store => store;
            try
            {
                await CrashTests.WriteDatasetAsync(harness, kind);
            }
            catch (MillraceException e) when (e.Code == FilesErrors.Locked)
            {
                Assert.False(old.IsCompleted);
            }

            first.Resume();
            await old;
            await CrashTests.WriteDatasetAsync(harness, kind);
            AssertWhole(harness, kind, $"seed {seed}, {first}, {dies}");
        }
    }

    [Fact]
    public async Task Another_job_that_takes_the_dataset_over_stays_safe_from_the_first_too()
    {
        FaultPlan straight = FaultPlan.None();
        using (var once = new SinkHarness())
        {
            await StartAsync(once, "append", straight);
        }

        for (int step = 0; step < straight.Steps.Count; step++)
        {
            using var harness = new SinkHarness();
            FaultPlan first = FaultPlan.PauseAt(step);
            Task<MillraceException?> old = StartAsync(harness, "append", first);
            await Task.WhenAny(first.Hung, old);
            harness.Wrap = store => store;
            await using (ISink sink = harness.Open("out/", job: "other", takesOver: true))
            {
                await sink.RecoverAsync(default);
                await using ISinkWriter writer = await sink.OpenWriterAsync(harness.Request(), default);
                using RecordBatch batch = Batches.Range(5000, 10);
                await writer.WriteAsync(batch, default);
                first.Resume();
                await old;
                await writer.CommitAsync(SinkHarness.Checkpoint(1, "other"), default);
            }

            await CrashTests.WriteDatasetAsync(harness, "append");
            Assert.Equal([.. CrashTests.Rows(CrashTests.Epochs), .. CrashTests.Rows(5000, 10)], CrashTests.Visible(harness, isFile: false));
        }
    }

    // A job is stopped with a complete staged file and goes on long after: its number was taken, and folded away since.
    [Fact]
    public async Task A_number_that_is_free_again_after_folding_is_no_commit()
    {
        using var harness = new SinkHarness();
        FaultPlan first = FaultPlan.PauseAt(3);
        harness.Wrap = store => new FaultyStore(store, first);
        await using ISink old = harness.Open("out/");
        Task<Checkpoint?> recovery = old.RecoverAsync(default).AsTask();
        while (!first.Hung.IsCompleted)
        {
            await Task.WhenAny(first.Hung, recovery);
        }

        harness.Wrap = store => store;
        first.Resume();
        await recovery;
        await using ISinkWriter writer = await old.OpenWriterAsync(harness.Request(), default);
        using RecordBatch stale = Batches.Range(-50, 10);
        await writer.WriteAsync(stale, default);

        // The lock file is put back as it was, so that only the log can tell.
        string lockFile = harness.Folder["out/_millrace/.lock"];
        File.Move(lockFile, lockFile + ".kept");
        await using (ISink taker = harness.Open("out/", takesOver: true))
        {
            await taker.RecoverAsync(default);
            await using ISinkWriter next = await taker.OpenWriterAsync(harness.Request(), default);
            for (int epoch = 1; epoch <= 200; epoch++)
            {
                using RecordBatch batch = Batches.Range(epoch, 1);
                await next.WriteAsync(batch, default);
                await next.CommitAsync(SinkHarness.Checkpoint(epoch), default);
            }
        }

        Assert.False(File.Exists(harness.Folder["out/_millrace/orders/log/000000000001.json"]));
        File.Move(lockFile + ".kept", lockFile);
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await writer.CommitAsync(SinkHarness.Checkpoint(1), default));
        Assert.Equal(ProgressErrors.Fenced, error.Code);
        Assert.Equal(200, harness.RowsOf("out").Count);
        await using ISink reader = harness.Open("out/", job: "reader");
        await using ISink same = harness.Open("out/");
        Assert.Equal(200, (await same.Commits!.ListAsync(default))[^1].Checkpoint.Epoch);
    }

    [Fact]
    public async Task A_held_output_tells_who_holds_it_since_when_and_what_to_do()
    {
        using var harness = new SinkHarness();
        harness.Time = new ManualTime();
        await using ISink first = harness.Open("out/");
        await first.RecoverAsync(default);
        await using ISink second = harness.Open("out/");
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await second.RecoverAsync(default));
        Assert.Equal(FilesErrors.Locked, error.Code);
        Assert.Contains($"job 'orders', process {Environment.ProcessId} on {Environment.MachineName}, since {harness.Time.GetUtcNow():u}", error.Message, StringComparison.Ordinal);
        Assert.Contains("--take-over", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_taken_over_keeps_the_new_content()
    {
        FaultPlan straight = FaultPlan.None();
        using (var once = new SinkHarness())
        {
            await WriteFileAsync(once, straight, 0, takesOver: false);
        }

        int fenced = 0;
        for (int step = 0; step < straight.Steps.Count; step++)
        {
            for (int other = 0; other < straight.Steps.Count; other++)
            {
                using var harness = new SinkHarness();
                FaultPlan first = FaultPlan.PauseAt(step);
                Task<MillraceException?> old = WriteFileAsync(harness, first, 0, takesOver: false);
                await Task.WhenAny(first.Hung, old);
                FaultPlan second = FaultPlan.PauseAt(other);
                Task<MillraceException?> taker = WriteFileAsync(harness, second, 500, takesOver: true);
                await Task.WhenAny(second.Hung, taker);
                first.Resume();
                MillraceException? lost = await old;
                second.Resume();
                MillraceException? failed = await taker;

                // Who comes to the lock second, breaks it or finds it held; who is overtaken is told so.
                Assert.True(failed is null || failed.Code == ProgressErrors.Fenced || failed.Code == FilesErrors.Locked, $"{failed?.Describe()} {first} {second}");
                Assert.True(lost is null || lost.Code == ProgressErrors.Fenced || lost.Code == FilesErrors.Locked, $"{lost?.Describe()} {first} {second}");
                Assert.True(failed is null || lost is null);
                Assert.Equal(CrashTests.Rows(failed is null ? 500 : 0, 40), CrashTests.Visible(harness, isFile: true));
                Assert.DoesNotContain(harness.Folder.Files(), f => f.EndsWith(".mrtmp", StringComparison.Ordinal) || f.EndsWith(".lock", StringComparison.Ordinal));
                fenced += lost is null ? 0 : 1;
            }
        }

        Assert.True(fenced > 10);
    }

    // True when the first run was fenced off.
    private static async Task<bool> RunAsync(string kind, FaultPlan first, FaultPlan second)
    {
        using var harness = new SinkHarness();
        await PrepareAsync(harness, kind);
        Task<MillraceException?> old = StartAsync(harness, kind, first);
        await Task.WhenAny(first.Hung, old);
        Task<MillraceException?> taker = StartAsync(harness, kind, second, takesOver: true);
        await Task.WhenAny(second.Hung, taker);
        first.Resume();
        MillraceException? lost = await old;
        second.Resume();
        MillraceException? failed = await taker;
        string order = $"{first}, {second}: {lost?.Describe()} {failed?.Describe()}";
        Assert.True(lost is null || lost.Code == ProgressErrors.Fenced || lost.Code == FilesErrors.Locked, order);
        Assert.True(failed is null || failed.Code == ProgressErrors.Fenced || failed.Code == FilesErrors.Locked, order);

        // When both wanted the lock at one time it may be the second that lost, and the first that is through.
        Assert.True(lost is null || failed is null, order);
        AssertWhole(harness, kind, order);

        // What one leaves behind who was fenced off, the next one clears away.
        await CrashTests.WriteDatasetAsync(harness, kind);
        AssertWhole(harness, kind, order);
        Assert.DoesNotContain(harness.Folder.Files(), f => f.EndsWith(".staged", StringComparison.Ordinal) || f.Contains(".takeover", StringComparison.Ordinal));
        return lost?.Code == ProgressErrors.Fenced;
    }

    private static async Task PrepareAsync(SinkHarness harness, string kind)
    {
        if (kind == "overwrite")
        {
            await harness.WriteAsync("out/", harness.Request(), null, Batches.Range(-100, 30));
        }
    }

    private static Task<MillraceException?> StartAsync(SinkHarness harness, string kind, FaultPlan plan, bool takesOver = false)
    {
        harness.Wrap = store => new FaultyStore(store, plan);
        return CatchAsync(() => CrashTests.WriteDatasetAsync(harness, kind, takesOver));
    }

    private static Task<MillraceException?> WriteFileAsync(SinkHarness harness, FaultPlan plan, int from, bool takesOver)
    {
        harness.Wrap = store => new FaultyStore(store, plan);
        return CatchAsync(async () =>
        {
            await using ISink sink = harness.Open("out.lines", o => o with { IfExists = IfExists.Replace }, takesOver: takesOver);
            await sink.RecoverAsync(default);
            await using ISinkWriter writer = await sink.OpenWriterAsync(harness.Request(), default);
            for (int half = 0; half < 2; half++)
            {
                using RecordBatch batch = Batches.Range(from + (half * 20), 20);
                await writer.WriteAsync(batch, default);
            }

            await writer.CommitAsync(SinkHarness.Checkpoint(1), default);
        });
    }

    private static async Task<MillraceException?> CatchAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (MillraceException e)
        {
            return e;
        }
    }

    private static void AssertWhole(SinkHarness harness, string kind, string order)
    {
        List<string> expected = CrashTests.Rows(CrashTests.Epochs);
        List<string> found = CrashTests.Visible(harness, isFile: false);
        Assert.True(expected.SequenceEqual(found), $"{kind}, {order}: {expected.Except(found).Count()} rows lost, {found.Count - found.Distinct().Count()} doubled, {found.Count} in all");
    }
}
