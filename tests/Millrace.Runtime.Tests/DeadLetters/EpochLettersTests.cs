using System.Text.Json.Nodes;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Runtime.Tests.DeadLetters;

public sealed class EpochLettersTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LocalStore _store;

    public EpochLettersTests() => _store = new LocalStore(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Letters_appear_with_their_epoch_run_and_original_bytes()
    {
        var context = new JsonObject { ["header"] = "id,n" };
        await using EpochLetters letters = Letters.Open(_store, "run1");
        await letters.RecoverAsync(Checkpoint(4), holdsCheckpoints: true, CancellationToken.None);
        await letters.AddAsync(Letters.Error(7) with { Context = context, Fields = [new("id", "1")] }, CancellationToken.None);
        await letters.AddAsync(Letters.Error(8) with { Context = context }, CancellationToken.None);
        Assert.Empty(await Letters.ReadAsync(_store));

        await letters.PublishAsync(CancellationToken.None);
        Assert.Empty(await Letters.ReadAsync(_store));
        await letters.ConfirmAsync(CancellationToken.None);

        List<DeadLetter> read = await Letters.ReadAsync(_store);
        Assert.Equal([7L, 8L], read.Select(l => l.Place.Line));
        Assert.Equal("acme", read[0].Tenant);
        Assert.Equal("orders", read[0].Job);
        Assert.Equal("v1", read[0].JobVersion);
        Assert.Equal("run1", read[0].Run);
        Assert.Equal(5, read[0].Epoch);
        Assert.Equal("row 7"u8, read[0].Raw.Span);
        Assert.Equal("id,n", (string?)read[1].Context!["header"]);
        Assert.Equal([new("id", "1")], read[0].Fields);
        Assert.Equal(["acme/orders/letters-000000000005-run1.jsonl"], await NamesAsync());
    }

    [Fact]
    public async Task Letters_that_are_given_up_leave_nothing()
    {
        await using EpochLetters letters = Letters.Open(_store, "run1");
        await letters.AddAsync(Letters.Error(1), CancellationToken.None);

        await letters.DiscardAsync();

        Assert.Empty(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(0, "other", true, 0)]
    [InlineData(4, "other", true, 0)]
    [InlineData(5, "run1", true, 1)]
    [InlineData(5, "other", true, 0)]
    [InlineData(6, "other", true, 1)]
    [InlineData(0, "other", false, 1)]
    public async Task Recovery_keeps_the_letters_of_committed_epochs_only(long lastEpoch, string lastRun, bool holdsCheckpoints, int kept)
    {
        await using (EpochLetters dead = Letters.Open(_store, "run1"))
        {
            await dead.RecoverAsync(Checkpoint(4), holdsCheckpoints: true, CancellationToken.None);
            await dead.AddAsync(Letters.Error(1), CancellationToken.None);
            await dead.PublishAsync(CancellationToken.None);
        }

        await using EpochLetters next = Letters.Open(_store, "run2");
        await next.RecoverAsync(lastEpoch == 0 ? null : Checkpoint(lastEpoch, lastRun), holdsCheckpoints, CancellationToken.None);

        Assert.Equal(kept, (await Letters.ReadAsync(_store)).Count);
        Assert.Equal(kept, (await NamesAsync()).Count);
    }

    [Theory]
    [InlineData("3-5", 0, 1)]
    [InlineData("5-5", 0, 1)]
    [InlineData("1-4", 1, 0)]
    [InlineData("6-9", 1, 0)]
    [InlineData("nonsense", 1, 0)]
    public async Task Recovery_marks_the_letters_of_epochs_that_were_taken_back(string epochs, int waiting, int rewound)
    {
        foreach (string run in (string[])["run1", "dead"])
        {
            await using EpochLetters letters = Letters.Open(_store, run);
            await letters.RecoverAsync(Checkpoint(4), holdsCheckpoints: false, CancellationToken.None);
            await letters.AddAsync(Letters.Error(1), CancellationToken.None);
            await letters.PublishAsync(CancellationToken.None);
            if (run == "run1")
            {
                await letters.ConfirmAsync(CancellationToken.None);
            }
        }

        Checkpoint last = Checkpoint(10) with { Notes = new Dictionary<string, string> { [CheckpointNotes.TakenBack] = epochs } };
        for (int again = 0; again < 2; again++)
        {
            await using EpochLetters next = Letters.Open(_store, "run2");
            await next.RecoverAsync(last, holdsCheckpoints: true, CancellationToken.None);
        }

        DeadLetterIndex index = await DeadLetterIndex.ReadAsync(_store, "", CancellationToken.None);
        Assert.Equal((waiting, 2 * rewound, 0), (index.Waiting, index.Rewound, index.Pending));
    }

    [Fact]
    public async Task Another_job_is_left_alone()
    {
        await using EpochLetters other = Letters.Open(_store, "run1", job: "other");
        await other.AddAsync(Letters.Error(1), CancellationToken.None);
        await other.PublishAsync(CancellationToken.None);

        await using EpochLetters letters = Letters.Open(_store, "run2");
        await letters.RecoverAsync(null, holdsCheckpoints: true, CancellationToken.None);

        Assert.Equal(["acme/other/pending-000000000001-run1.jsonl"], await NamesAsync());
    }

    [Fact]
    public async Task A_row_that_is_found_bad_again_is_one_letter_with_two_attempts()
    {
        var time = new ManualTime();
        DateTimeOffset start = time.GetUtcNow();
        foreach (string run in (string[])["run1", "run2"])
        {
            await CommitAsync(run, time: time, errors: [Letters.Error(1), Letters.Error(2, raw: run)]);
            time.Advance(TimeSpan.FromHours(1));
        }

        List<DeadLetter> read = await Letters.ReadAsync(_store);

        DeadLetter again = read.Single(l => l.Place.Line == 1);
        Assert.Equal(2, again.Attempts);
        Assert.Equal(start, again.First);
        Assert.Equal(start.AddHours(1), again.Last);
        Assert.Equal(["run1", "run2"], read.Where(l => l.Place.Line == 2).Select(l => System.Text.Encoding.UTF8.GetString(l.Raw.Span)));
    }

    [Fact]
    public async Task A_full_folder_fails_the_job_and_names_the_row()
    {
        await CommitAsync("run1", errors: [Letters.Error(1)]);
        long size = new DirectoryInfo(_folder.Path).EnumerateFiles("*.jsonl", SearchOption.AllDirectories).Sum(f => f.Length);
        await using EpochLetters letters = Letters.Open(_store, "run2", new DeadLetterSpec { MaxSize = new ByteSize(size * 5 / 2) });
        await letters.RecoverAsync(null, holdsCheckpoints: false, CancellationToken.None);
        await letters.AddAsync(Letters.Error(2), CancellationToken.None);

        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () => await letters.AddAsync(Letters.Error(3), CancellationToken.None));

        Assert.Equal("MR4020", error.Code.Id);
        Assert.Equal(3, error.Place!.Line);
        Assert.Single(await Letters.ReadAsync(_store));
    }

    [Fact]
    public async Task A_full_folder_loses_its_oldest_letters_if_the_job_wants_that_and_counts_them()
    {
        var notes = new List<string>();
        await CommitAsync("run1", errors: [Letters.Error(1), Letters.Error(2)]);
        Touch("run1", days: 3);
        await CommitAsync("run2", errors: [Letters.Error(3)]);
        Touch("run2", days: 2);
        long size = new FileInfo(PathOf("run2")).Length;
        await using EpochLetters letters = Letters.Open(_store, "run3", new DeadLetterSpec { MaxSize = new ByteSize(size * 5 / 2), WhenFull = WhenFull.Oldest }, notes: notes);
        await letters.AddAsync(Letters.Error(4), CancellationToken.None);
        await letters.PublishAsync(CancellationToken.None);
        Assert.Equal(3, (await Letters.ReadAsync(_store)).Count);

        await letters.ConfirmAsync(CancellationToken.None);

        Assert.Equal([3L, 4L], (await Letters.ReadAsync(_store)).Select(l => l.Place.Line).Order());
        Assert.Equal(2, letters.Removed);
        Assert.StartsWith("2 dead letters were removed to make room: ", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_that_are_too_old_go_and_are_counted()
    {
        await CommitAsync("run1", errors: [Letters.Error(1), Letters.Error(2)]);
        Touch("run1", days: 31);
        await CommitAsync("run2", errors: [Letters.Error(3)]);
        Touch("run2", days: 29);
        var notes = new List<string>();
        await using EpochLetters letters = Letters.Open(_store, "run3", new DeadLetterSpec { MaxAge = TimeSpan.FromDays(30) }, notes: notes);

        await letters.RecoverAsync(null, holdsCheckpoints: false, CancellationToken.None);

        Assert.Equal(3, Assert.Single(await Letters.ReadAsync(_store)).Place.Line);
        Assert.Equal(2, letters.Removed);
        Assert.Contains("older than max_age 4w2d", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_fails_is_an_error_of_the_letters()
    {
        var plan = FaultPlan.FailAt(1, what => StorageFault(what));
        await using EpochLetters letters = Letters.Open(new FaultyStore(_store, plan), "run1");

        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () => await letters.AddAsync(Letters.Error(1), CancellationToken.None));

        Assert.Equal("MR4005", error.Code.Id);
        static MillraceException StorageFault(string what) => DeadLetterErrors.Busy.Error(what);
    }

    private static Checkpoint Checkpoint(long epoch, string run = "other") => new()
    {
        Job = "orders",
        Epoch = epoch,
        CreatedAt = default,
        Notes = new Dictionary<string, string> { [CheckpointNotes.Run] = run },
    };

    private async Task CommitAsync(string run, TimeProvider? time = null, params RowError[] errors)
    {
        await using EpochLetters letters = Letters.Open(_store, run, time: time);
        foreach (RowError error in errors)
        {
            await letters.AddAsync(error, CancellationToken.None);
        }

        await letters.PublishAsync(CancellationToken.None);
        await letters.ConfirmAsync(CancellationToken.None);
    }

    private string PathOf(string run) => Path.Combine(_folder.Path, "acme", "orders", $"letters-000000000001-{run}.jsonl");

    private void Touch(string run, int days) => File.SetLastWriteTimeUtc(PathOf(run), DateTime.UtcNow.AddDays(-days));

    private async Task<List<string>> NamesAsync()
    {
        var names = new List<string>();
        await foreach (ObjectInfo info in _store.ListAsync("", null, CancellationToken.None))
        {
            names.Add(info.Name);
        }

        return names;
    }
}
