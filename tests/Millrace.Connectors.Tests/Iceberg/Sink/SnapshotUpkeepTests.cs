using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A job that commits for ever keeps its table small, by itself where it is told to.</summary>
[Specification("Snapshot Retention Policy")]
[Trait("speed", "slow")]
public sealed class SnapshotUpkeepTests : IDisposable
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64));

    private readonly LakeFolder _lake = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _notes = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Snapshots_older_than_asked_for_go_now_and_then_and_rows_stay()
    {
        int most = 0;
        await CommitAsync("stream", 60, TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), async () => most = Math.Max(most, (await _lake.LoadAsync()).Metadata.Snapshots.Count));
        Assert.InRange(most, 12, 19);
        Assert.Equal(60, (await _lake.ReadAsync()).Count);
        Assert.Empty(_notes);

        // Nothing is left behind that no snapshot names.
        Assert.Equal(0, (await _lake.WithAsync(m => m.RemoveOrphansAsync(new OrphanOptions { OlderThan = TimeSpan.Zero, Force = true, DryRun = true }, Cancellation))).Removed.Count);
    }

    [Fact]
    public async Task Runs_of_one_commit_each_do_not_expire_every_time()
    {
        int expiries = 0;
        int before = 0;
        for (int run = 0; run < 90; run++)
        {
            await CommitAsync("cron", 1, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
            int now = (await _lake.LoadAsync()).Metadata.Snapshots.Count;
            expiries += now <= before ? 1 : 0;
            Assert.InRange(now, 1, 67);
            before = now;
        }

        Assert.InRange(expiries, 3, 5);
        Assert.Equal(90, (await _lake.ReadAsync()).Count);
    }

    [Fact]
    public async Task A_table_that_takes_no_more_snapshots_does_not_wait()
    {
        await CommitAsync("stream", 3, TimeSpan.FromMinutes(1), null);
        _time.Advance(TimeSpan.FromMinutes(60));
        IcebergTable table = await _lake.LoadAsync();
        var upkeep = new SnapshotUpkeep("lake/orders", TimeSpan.FromHours(1), _time, _notes.Add);
        await upkeep.RunAsync(table, Cancellation);
        Assert.Equal(3, table.Metadata.Snapshots.Count);
        await upkeep.MakeRoomAsync(table, Cancellation);
        Assert.InRange(table.Metadata.Snapshots.Count, 1, 2);
        Assert.Empty(_notes);
    }

    [Fact]
    public async Task Whatever_goes_wrong_in_an_expiry_is_told_and_not_thrown()
    {
        await CommitAsync("stream", 1, TimeSpan.Zero, null);
        await new SnapshotUpkeep("lake/orders", TimeSpan.FromHours(1), new BrokenClock(), _notes.Add).RunAsync(await _lake.LoadAsync(), Cancellation);
        Assert.Equal("old snapshots of 'lake/orders' stay for now: The clock stands still.", Assert.Single(_notes));
    }

    [Fact]
    public async Task Progress_of_other_jobs_outlives_their_snapshots()
    {
        await CommitAsync("other", 1, TimeSpan.Zero, null);
        _time.Advance(TimeSpan.FromDays(1));
        await CommitAsync("stream", 3, TimeSpan.FromHours(2), TimeSpan.FromHours(1));
        await using ISink sink = Sink("other", null);
        Assert.Equal(1, (await sink.RecoverAsync(Cancellation))!.Epoch);
        Assert.Equal(4, (await _lake.ReadAsync()).Count);
    }

    [Fact]
    public async Task Without_it_snapshots_stay_and_old_versions_of_the_metadata_go()
    {
        await CommitAsync("stream", 130, TimeSpan.FromHours(1), null);
        Assert.Equal(130, (await _lake.LoadAsync()).Metadata.Snapshots.Count);
        Assert.InRange(Directory.GetFiles(_lake.Path + "/metadata", "*.metadata.json").Length, 101, 102);
    }

    [Fact]
    public async Task A_table_whose_files_may_not_be_removed_is_refused_before_anything_is_written()
    {
        await CommitAsync("first", 1, TimeSpan.Zero, null);
        IcebergTable table = await _lake.LoadAsync();
        await table.UpdateAsync(m => new TableChange([], [new MetadataUpdate.SetProperties(m.Properties.SetItem("gc.enabled", "false"))]), Cancellation);
        Assert.Equal("MR3484", (await Assert.ThrowsAsync<MillraceException>(() => CommitAsync("second", 1, TimeSpan.Zero, TimeSpan.FromHours(1)))).Code.Id);
        Assert.Single(await _lake.ReadAsync());
    }

    [Fact]
    public async Task A_commit_stands_when_the_expiry_after_it_fails()
    {
        // Expiry removes the oldest manifest list; a folder of its name cannot be removed as a file.
        await CommitAsync("stream", 2, TimeSpan.FromHours(3), null);
        Snapshot oldest = (await _lake.LoadAsync()).Metadata.Snapshots.MinBy(s => s.TimestampMs)!;
        File.Delete(oldest.ManifestList!);
        Directory.CreateDirectory(oldest.ManifestList!);
        await CommitAsync("next", 2, TimeSpan.FromHours(3), TimeSpan.FromHours(1));
        Assert.Equal(4, (await _lake.ReadAsync()).Count);
        Assert.NotEmpty(_notes);
        Assert.All(_notes, n => Assert.StartsWith($"old snapshots of '{_lake.Path}' stay for now: ", n, StringComparison.Ordinal));
    }

    private sealed class BrokenClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("The clock stands still.");
    }

    private ISink Sink(string job, TimeSpan? expire)
        => new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = _lake.Path, ExpireSnapshots = expire }, new ConnectorContext { Job = job, Time = _time, Note = _notes.Add });

    // One row a commit.
    private async Task CommitAsync(string job, int commits, TimeSpan pause, TimeSpan? expire, Func<Task>? after = null)
    {
        await using ISink sink = Sink(job, expire);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = Columns, RunId = job, FencingToken = 1 }, Cancellation);
        for (int i = 0; i < commits; i++)
        {
            using RecordBatch batch = LakeFolder.Batch(Columns, [[(long)i]]);
            await writer.WriteAsync(batch, Cancellation);
            await writer.CommitAsync(new Checkpoint { Job = job, Epoch = i + 1, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 }, Cancellation);
            await (after?.Invoke() ?? Task.CompletedTask);
            _time.Advance(pause);
        }
    }
}
