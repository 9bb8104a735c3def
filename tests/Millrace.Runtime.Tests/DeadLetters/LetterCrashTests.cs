using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Runtime.Tests.DeadLetters;

/// <summary>A process that dies at any step neither loses a letter nor doubles one.</summary>
public sealed class LetterCrashTests
{
    [Fact]
    public async Task A_crash_at_any_step_of_an_epoch_leaves_the_letters_of_the_committed_epochs()
    {
        int steps = await StepsAsync((store, sink) => RunAsync(store, sink, "run1"));
        Assert.True(steps > 6, $"{steps} steps");
        for (int step = 0; step < steps; step++)
        {
            using var folder = new TempFolder();
            var disk = new LocalStore(folder.Path);
            var sink = new FakeSink();
            var plan = FaultPlan.CrashAt(step);
            sink.Plan = plan;
            var dying = new FaultyStore(disk, plan);
            await Assert.ThrowsAsync<CrashException>(() => RunAsync(dying, sink, "run1"));
            await dying.DisposeAsync();

            // The rows of epochs that are not committed are read again by the next run.
            sink.Plan = FaultPlan.None();
            await RunAsync(disk, sink, "run2");

            List<DeadLetter> letters = await Letters.ReadAsync(disk);
            Assert.Equal([1L, 2L, 3L, 4L], letters.Select(l => l.Place.Line).Order());
            Assert.All(letters, l => Assert.Equal(1, l.Attempts));
            Assert.Equal(2, sink.Last!.Epoch);
        }
    }

    [Fact]
    public async Task A_crash_at_any_step_of_a_purge_brings_no_replayed_letter_back_and_takes_no_other()
    {
        int steps = await PurgeStepsAsync();
        Assert.True(steps > 6, $"{steps} steps");
        for (int step = 0; step < steps; step++)
        {
            using var folder = new TempFolder();
            var disk = new LocalStore(folder.Path);
            await FillAsync(disk);
            var dying = new FaultyStore(disk, FaultPlan.CrashAt(step));
            var filter = new LetterFilter { Codes = ["MR2004"] };
            await Assert.ThrowsAsync<CrashException>(async () => await new DeadLetterFolder(dying, "").PurgeAsync(filter, CancellationToken.None));
            await dying.DisposeAsync();

            List<DeadLetter> between = await Letters.ReadAsync(disk);
            Assert.All(between, l => Assert.NotEqual(1, l.Place.Line));
            Assert.Contains(between, l => l.Place.Line == 3);

            await new DeadLetterFolder(disk, "").PurgeAsync(filter, CancellationToken.None);
            Assert.Equal(3, Assert.Single(await Letters.ReadAsync(disk)).Place.Line);
            Assert.DoesNotContain("replayed", string.Concat(Directory.GetFiles(folder.Path, "*.jsonl", SearchOption.AllDirectories).Select(File.ReadAllText)), StringComparison.Ordinal);
        }
    }

    // Two epochs with two bad rows each, taken up where the sink stands.
    private static async Task RunAsync(IObjectStore store, FakeSink sink, string run)
    {
        EpochLetters letters = Letters.Open(store, run);
        await letters.RecoverAsync(sink.Last, holdsCheckpoints: true, CancellationToken.None);
        for (long epoch = (sink.Last?.Epoch ?? 0) + 1; epoch <= 2; epoch++)
        {
            await letters.AddAsync(Letters.Error((int)(epoch * 2) - 1), CancellationToken.None);
            await letters.AddAsync(Letters.Error((int)(epoch * 2)), CancellationToken.None);
            await letters.PublishAsync(CancellationToken.None);
            sink.Commit(new Checkpoint { Job = "orders", Epoch = epoch, CreatedAt = default, Notes = new Dictionary<string, string> { [CheckpointNotes.Run] = run } });
            await letters.ConfirmAsync(CancellationToken.None);
        }
    }

    // Line 1 was replayed, line 2 waits with another code than line 3.
    private static async Task FillAsync(IObjectStore disk)
    {
        await using (EpochLetters first = Letters.Open(disk, "run1"))
        {
            await first.AddAsync(Letters.Error(1), CancellationToken.None);
            await first.AddAsync(Letters.Error(2) with { Code = Millrace.Formats.FormatErrors.ValueDoesNotFit }, CancellationToken.None);
            await first.PublishAsync(CancellationToken.None);
            await first.ConfirmAsync(CancellationToken.None);
        }

        DeadLetter done = (await Letters.ReadAsync(disk)).Single(l => l.Place.Line == 1);
        await using EpochLetters second = Letters.Open(disk, "run2");
        await second.AddReplayedAsync(new LetterLineOfReplay(done.Id, done.Last), CancellationToken.None);
        await second.AddAsync(Letters.Error(3), CancellationToken.None);
        await second.PublishAsync(CancellationToken.None);
        await second.ConfirmAsync(CancellationToken.None);
    }

    private static async Task<int> StepsAsync(Func<IObjectStore, FakeSink, Task> run)
    {
        using var folder = new TempFolder();
        var plan = FaultPlan.None();
        await run(new FaultyStore(new LocalStore(folder.Path), plan), new FakeSink { Plan = plan });
        return plan.Steps.Count;
    }

    private static async Task<int> PurgeStepsAsync()
    {
        using var folder = new TempFolder();
        var disk = new LocalStore(folder.Path);
        await FillAsync(disk);
        var plan = FaultPlan.None();
        await new DeadLetterFolder(new FaultyStore(disk, plan), "").PurgeAsync(new LetterFilter { Codes = ["MR2004"] }, CancellationToken.None);
        return plan.Steps.Count;
    }

    // Its commit takes effect at once, and the process may die just before or just after.
    private sealed class FakeSink
    {
        public FaultPlan Plan { get; set; } = FaultPlan.None();

        public Checkpoint? Last { get; private set; }

        public void Commit(Checkpoint checkpoint)
        {
            Plan.Step("before commit");
            Last = checkpoint;
            Plan.Step("after commit");
        }
    }
}
