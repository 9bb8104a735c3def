using System.Text;
using System.Text.Json.Nodes;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Runtime.Tests.State;

public sealed class ObjectStateStoreTests : IDisposable
{
    private static readonly JobId Job = new("acme", "orders/daily");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_goes_on_from_its_last_commit()
    {
        await using ObjectStateStore store = Open();
        await using (IJobState first = await store.OpenAsync(Job, default))
        {
            Assert.Null(first.Last);
            await CommitAsync(first, 1);
            await CommitAsync(first, 2);
            Assert.Equal(2, first.Last!.Epoch);
        }

        await using IJobState second = await store.OpenAsync(Job, default);
        Assert.Equal(CheckpointOf(2).ToJson().ToJsonString(), second.Last!.ToJson().ToJsonString());
    }

    [Fact]
    public async Task Jobs_of_other_tenants_and_names_are_others()
    {
        await using ObjectStateStore store = Open();
        await using IJobState own = await store.OpenAsync(Job, default);
        await CommitAsync(own, 1);

        foreach (JobId other in new JobId[] { new("acme", "orders"), new("acme/orders", "daily"), new("default", "orders/daily"), new("..", "x") })
        {
            await using IJobState state = await store.OpenAsync(other, default);
            Assert.Null(state.Last);
        }
    }

    [Fact]
    public async Task Two_runs_of_a_job_at_once_are_told_apart_with_the_holder_named()
    {
        await using ObjectStateStore store = Open();
        await using IJobState first = await store.OpenAsync(Job, default);

        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () => await store.OpenAsync(Job, default));

        Assert.Equal("MR4101", error.Code.Id);
        Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_was_overtaken_cannot_commit()
    {
        await using ObjectStateStore store = Open();
        await using IJobState old = await store.OpenAsync(Job, default);
        await CommitAsync(old, 1);
        await using ObjectStateStore taking = ObjectStateStore.Local(_folder.Path, takesOver: true);
        await using IJobState taker = await taking.OpenAsync(Job, default);
        await CommitAsync(taker, 2);

        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => CommitAsync(old, 2));

        Assert.Equal("MR1103", error.Code.Id);
    }

    [Fact]
    public async Task Old_epochs_go_and_the_latest_stay()
    {
        await using ObjectStateStore store = Open();
        await using IJobState state = await store.OpenAsync(Job, default);
        for (int epoch = 1; epoch <= ObjectStateStore.KeptEpochs + 10; epoch++)
        {
            await CommitAsync(state, epoch);
        }

        IReadOnlyList<CommittedEpoch> epochs = await store.Commits(Job).ListAsync(default);

        Assert.Equal(Enumerable.Range(11, ObjectStateStore.KeptEpochs).Select(e => (long)e), epochs.Select(e => e.Checkpoint.Epoch));
        Assert.Equal(740, epochs[^1].Rows);
    }

    [Fact]
    public async Task An_amended_checkpoint_is_the_last_one()
    {
        await using ObjectStateStore store = Open();
        await using (IJobState state = await store.OpenAsync(Job, default))
        {
            await CommitAsync(state, 1);
            MillraceException held = await Assert.ThrowsAsync<MillraceException>(async () => await store.Commits(Job).AmendAsync(CheckpointOf(2), 0, default));
            Assert.Equal("MR4101", held.Code.Id);
        }

        await store.Commits(Job).AmendAsync(CheckpointOf(2) with { Splits = new Dictionary<string, SplitProgress>() }, 0, default);

        await using IJobState next = await store.OpenAsync(Job, default);
        Assert.Empty(next.Last!.Splits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_job_whose_last_record_is_damaged_begins_anew_when_it_is_told_to(int epochs)
    {
        await using ObjectStateStore store = Open();
        await using (IJobState state = await store.OpenAsync(Job, default))
        {
            for (int epoch = 1; epoch <= epochs; epoch++)
            {
                await CommitAsync(state, epoch);
            }
        }

        string last = Directory.EnumerateFiles(_folder.Path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        await File.WriteAllTextAsync(last, "{");
        await Assert.ThrowsAsync<MillraceException>(async () => await store.OpenAsync(Job, default));

        // Whoever resets a job cannot know how far its damaged records had come.
        await store.Commits(Job).AmendAsync(CheckpointOf(1) with { Splits = new Dictionary<string, SplitProgress>() }, long.MaxValue, default);

        await using IJobState next = await store.OpenAsync(Job, default);
        Assert.Empty(next.Last!.Splits);
        Assert.Equal(epochs + 1, next.Last.Epoch);
    }

    [Fact]
    public async Task A_record_that_a_run_removes_while_somebody_lists_is_passed_over()
    {
        await using ObjectStateStore store = Open();
        await using IJobState state = await store.OpenAsync(Job, default);
        await CommitAsync(state, 1);
        await CommitAsync(state, 2);
        await using var looking = new ObjectStateStore(new PruningStore(new LocalStore(_folder.Path), "0001.json"), "state");

        IReadOnlyList<CommittedEpoch> epochs = await looking.Commits(Job).ListAsync(default);

        Assert.Equal([2L], epochs.Select(e => e.Checkpoint.Epoch));
    }

    [Fact]
    public void A_record_that_was_cut_or_changed_anywhere_is_an_error()
    {
        byte[] whole = EpochRecord.ToBytes(new CommittedEpoch(CheckpointOf(7), "run", 1, 2, ["a"]));
        Assert.Equal(7, EpochRecord.FromBytes(whole, "x").Checkpoint.Epoch);
        for (int i = 0; i < whole.Length; i++)
        {
            AssertCorrupt(whole[..i]);
            byte[] flipped = [.. whole];
            flipped[i] ^= (byte)(1 << (i % 8));
            AssertCorrupt(flipped);
        }

        AssertCorrupt([.. whole, (byte)'\n']);
        AssertCorrupt([.. whole, .. whole]);

        static void AssertCorrupt(byte[] bytes)
        {
            MillraceException error = Assert.Throws<MillraceException>(() => EpochRecord.FromBytes(bytes, "state/1.json"));
            Assert.Equal("MR1102", error.Code.Id);
            Assert.Equal("state/1.json", error.Place?.File);
        }
    }

    [Theory]
    [InlineData("""{"version":9,"readable_since":9,"run":"r","rows":0,"bytes":0,"objects":[],"checkpoint":{}}""", "MR1101")]
    [InlineData("""{"version":1,"readable_since":1}""", "MR1102")]
    [InlineData("""[]""", "MR1102")]
    [InlineData("""{"version":1,"version":1,"readable_since":1}""", "MR1102")]
    [InlineData("""{"version":1,"readable_since":"x"}""", "MR1102")]
    public void A_sealed_record_of_another_layout_is_an_error(string text, string code)
        => Assert.Equal(code, Assert.Throws<MillraceException>(() => EpochRecord.FromBytes(SealedText.Seal(text), "x")).Code.Id);

    [Fact]
    public void Members_that_a_newer_program_added_are_passed_over()
    {
        string text = Encoding.UTF8.GetString(EpochRecord.ToBytes(new CommittedEpoch(CheckpointOf(7), "run", 1, 2, ["a"])));
        JsonObject json = JsonNode.Parse(text[..text.LastIndexOf("#sealed", StringComparison.Ordinal)])!.AsObject();
        json["version"] = 2;
        json["later"] = new JsonObject { ["x"] = 1 };
        json["checkpoint"]!["version"] = 2;

        Assert.Equal(7, EpochRecord.FromBytes(SealedText.Seal(json.ToJsonString()), "x").Checkpoint.Epoch);
    }

    // Loses an object between the moment it is found and the moment it is opened.
    private sealed class PruningStore(IObjectStore inner, string ending) : IObjectStore
    {
        public string Describe(string name) => inner.Describe(name);

        public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, Func<string, bool>? enter, CancellationToken cancellation) => inner.ListAsync(prefix, enter, cancellation);

        public ValueTask<ObjectInfo?> FindAsync(string name, CancellationToken cancellation) => inner.FindAsync(name, cancellation);

        public async ValueTask<IObjectReader> OpenAsync(string name, CancellationToken cancellation)
        {
            if (name.EndsWith(ending, StringComparison.Ordinal))
            {
                await inner.DeleteAsync(name, cancellation);
            }

            return await inner.OpenAsync(name, cancellation);
        }

        public ValueTask<IStagedObject> StageAsync(string name, CancellationToken cancellation) => inner.StageAsync(name, cancellation);

        public ValueTask<ObjectInfo> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellation) => inner.PutAsync(name, content, condition, cancellation);

        public ValueTask MoveAsync(string from, string to, PutCondition condition, CancellationToken cancellation) => inner.MoveAsync(from, to, condition, cancellation);

        public ValueTask DeleteAsync(string name, CancellationToken cancellation) => inner.DeleteAsync(name, cancellation);

        public ValueTask DeleteAllAsync(IEnumerable<string> names, CancellationToken cancellation) => inner.DeleteAllAsync(names, cancellation);

        public ValueTask RemoveStaleAsync(string prefix, CancellationToken cancellation) => inner.RemoveStaleAsync(prefix, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private ObjectStateStore Open() => ObjectStateStore.Local(_folder.Path);

    private static Task CommitAsync(IJobState state, long epoch)
        => state.CommitAsync(CheckpointOf(epoch), "run", new CommitSummary(epoch * 10, 5, ["-"]), default).AsTask();

    private static Checkpoint CheckpointOf(long epoch) => new()
    {
        Job = Job.Job,
        Epoch = epoch,
        CreatedAt = DateTimeOffset.UnixEpoch.AddMinutes(epoch),
        FencingToken = epoch,
        ReadComplete = false,
        Splits = new Dictionary<string, SplitProgress> { ["a\n#sealed"] = new(new Position(new() { ["row"] = epoch }), false) },
        Notes = new Dictionary<string, string> { ["n"] = "v" },
    };
}
