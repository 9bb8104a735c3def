using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Snapshot Retention Policy")]
public sealed class ExpiryTests : IDisposable
{
    private static readonly ExpiryOptions Everything = new() { OlderThan = DateTimeOffset.MaxValue };

    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Old_snapshots_go_with_the_files_that_only_they_named()
    {
        for (int i = 0; i < 3; i++)
        {
            await _lake.AppendAsync(i * 10, 10);
        }

        using (RecordBatch batch = LakeFolder.Batch(LakeMaintenance.Columns, [[1L, "eu"]]))
        {
            await _lake.WriteAsync(batch, WriteMode.Overwrite);
        }

        string[] before = Files();
        ExpiryReport dry = await ExpireAsync(Everything with { DryRun = true });
        Assert.Equal(before, Files());
        ExpiryReport report = await ExpireAsync(Everything);
        Assert.Equal((3, 3), (dry.Expired.Count, report.Expired.Count));
        Assert.Equal(dry.Removed.DataFiles, report.Removed.DataFiles);
        Assert.Equal(3, report.Removed.DataFiles);
        Assert.Equal([1], await _lake.IdsAsync());
        await _lake.AssertWholeAsync();

        // Nothing is left over either.
        Assert.Single(Directory.GetFiles($"{_lake.Path}/data", "*", SearchOption.AllDirectories));
        Assert.Equal(0, (await _lake.WithAsync(m => m.RemoveOrphansAsync(new OrphanOptions { OlderThan = TimeSpan.Zero, Force = true, DryRun = true }, Cancellation))).Removed.Count);
    }

    [Fact]
    public async Task The_properties_of_the_table_and_its_references_decide_what_stays()
    {
        for (int i = 0; i < 6; i++)
        {
            await _lake.AppendAsync(i, 1);
        }

        IcebergTable table = await _lake.LoadAsync();
        List<Snapshot> line = [.. table.Metadata.AncestorsOf(table.Metadata.CurrentSnapshotId)];
        Assert.Empty(await ExpiredAsync(new ExpiryOptions()));
        await table.UpdateAsync(m => new TableChange([], [new MetadataUpdate.SetProperties(m.Properties.SetItem("history.expire.max-snapshot-age-ms", "0").SetItem("history.expire.min-snapshots-to-keep", "2"))]), Cancellation);
        Assert.Equal(line.Skip(2).Select(s => s.Id).Order(), (await ExpiredAsync(new ExpiryOptions { DryRun = true })).Order());
        Assert.Equal(line.Skip(4).Select(s => s.Id).Order(), (await ExpiredAsync(new ExpiryOptions { DryRun = true, RetainLast = 4 })).Order());

        await table.UpdateAsync(
            _ => new TableChange(
                [],
                [
                    new MetadataUpdate.SetRef("keep", new SnapshotRef(line[5].Id, false)),
                    new MetadataUpdate.SetRef("gone", new SnapshotRef(line[4].Id, false) { MaxRefAgeMs = 0 }),
                    new MetadataUpdate.SetRef("audit", new SnapshotRef(line[3].Id, true) { MinSnapshotsToKeep = 1, MaxSnapshotAgeMs = 0 }),
                ]),
            Cancellation);
        await Task.Delay(2, Cancellation);
        ExpiryReport report = await ExpireAsync(new ExpiryOptions());
        Assert.Equal(["gone"], report.References);
        Assert.Equal(new[] { line[2].Id, line[4].Id }.Order(), report.Expired.Order());
        Assert.Equal([0], await _lake.IdsAsync(o => o with { Ref = "keep" }));
        await _lake.AssertWholeAsync();
    }

    [Fact]
    public async Task Snapshots_are_expired_by_their_ids_unless_something_names_them()
    {
        for (int i = 0; i < 3; i++)
        {
            await _lake.AppendAsync(i, 1);
        }

        TableMetadata table = await _lake.MetadataAsync();
        Assert.Equal("MR3488", (await Assert.ThrowsAsync<MillraceException>(() => ExpireAsync(new ExpiryOptions { Snapshots = [table.CurrentSnapshotId!.Value] }))).Code.Id);
        Assert.Equal("MR3415", (await Assert.ThrowsAsync<MillraceException>(() => ExpireAsync(new ExpiryOptions { Snapshots = [5] }))).Code.Id);
        Assert.Equal([table.Snapshots[1].Id], (await ExpireAsync(new ExpiryOptions { Snapshots = [table.Snapshots[1].Id] })).Expired);
        Assert.Equal([0, 1, 2], await _lake.IdsAsync());
        await _lake.AssertWholeAsync();
    }

    [Fact]
    public async Task A_job_goes_on_where_it_was_when_its_last_commit_is_expired()
    {
        await CommitAsync(1);
        await CommitAsync(2);
        await _lake.AppendAsync(100, 1);
        ExpiryReport report = await ExpireAsync(Everything);
        Assert.Contains("orders", report.CarriedJobs);
        Assert.Equal(2, (await _lake.MetadataAsync()).Snapshots.Count);
        await using (ISink sink = Sink())
        {
            Assert.Equal(2, (await sink.RecoverAsync(Cancellation))!.Epoch);
            Assert.Equal([2L], (await sink.Commits!.ListAsync(Cancellation)).Select(e => e.Checkpoint.Epoch));
        }

        // Carried on and on, and only while there is need.
        await _lake.AppendAsync(101, 1);
        await ExpireAsync(Everything);
        await CommitAsync(3);
        await ExpireAsync(Everything);
        Assert.Empty((await ExpireAsync(Everything)).CarriedJobs);
        await using (ISink sink = Sink())
        {
            Assert.Equal(3, (await sink.RecoverAsync(Cancellation))!.Epoch);
        }

        Assert.Equal([1, 2, 3, 100, 101], await _lake.IdsAsync());
        await _lake.AssertWholeAsync();
    }

    [Fact]
    public async Task A_run_that_is_going_on_is_not_disturbed_when_its_last_commit_is_expired()
    {
        await using ISink sink = Sink();
        await sink.RecoverAsync(Cancellation);
        await using ISinkWriter writer = await WriterAsync(sink);
        await WriteAsync(writer, 1);
        await _lake.AppendAsync(100, 1);
        await ExpireAsync(Everything);
        await WriteAsync(writer, 2);
        await using ISink again = Sink();
        Assert.Equal(2, (await again.RecoverAsync(Cancellation))!.Epoch);
        Assert.Equal([1, 2, 100], await _lake.IdsAsync());
    }

    [Fact]
    public async Task A_run_that_is_overtaken_is_refused_after_an_expiry_too()
    {
        await using ISink first = Sink();
        await first.RecoverAsync(Cancellation);
        await using ISinkWriter late = await WriterAsync(first);
        await WriteAsync(late, 1);
        await CommitAsync(2);
        await _lake.AppendAsync(100, 1);
        await ExpireAsync(Everything);
        Assert.Equal(ProgressErrors.Fenced.Id, (await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(late, 2))).Code.Id);
        Assert.Equal([1, 2, 100], await _lake.IdsAsync());
    }

    [Fact]
    public async Task A_table_that_shares_its_files_keeps_them()
    {
        await _lake.AppendAsync(0, 1);
        IcebergTable table = await _lake.LoadAsync();
        await table.UpdateAsync(m => new TableChange([], [new MetadataUpdate.SetProperties(m.Properties.SetItem("gc.enabled", "false"))]), Cancellation);
        Assert.Equal("MR3484", (await Assert.ThrowsAsync<MillraceException>(() => ExpireAsync(Everything))).Code.Id);
        Assert.Equal("MR3484", (await Assert.ThrowsAsync<MillraceException>(() => _lake.WithAsync(m => m.RemoveOrphansAsync(new OrphanOptions(), Cancellation)))).Code.Id);
    }

    private Task<ExpiryReport> ExpireAsync(ExpiryOptions options) => _lake.WithAsync(m => m.ExpireAsync(options, Cancellation));

    private async Task<IReadOnlyList<long>> ExpiredAsync(ExpiryOptions options) => (await ExpireAsync(options)).Expired;

    private string[] Files() => [.. Directory.GetFiles(_lake.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private ISink Sink() => new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = _lake.Path }, new ConnectorContext { Job = "orders" });

    private async Task CommitAsync(int epoch)
    {
        await using ISink sink = Sink();
        await sink.RecoverAsync(Cancellation);
        await using ISinkWriter writer = await WriterAsync(sink);
        await WriteAsync(writer, epoch);
    }

    private static async Task<ISinkWriter> WriterAsync(ISink sink)
    {
        await sink.EnsureSchemaAsync(LakeMaintenance.Columns, SchemaEvolution.Evolve, Cancellation);
        return await sink.OpenWriterAsync(new SinkRequest { Schema = LakeMaintenance.Columns, Mode = WriteMode.Append, RunId = $"run {Guid.NewGuid()}", FencingToken = 1, Resumes = true }, Cancellation);
    }

    private static async Task WriteAsync(ISinkWriter writer, int epoch)
    {
        using RecordBatch batch = LakeFolder.Batch(LakeMaintenance.Columns, [[(long)epoch, "eu"]]);
        await writer.WriteAsync(batch, Cancellation);
        await writer.CommitAsync(new Checkpoint { Job = "orders", Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 }, Cancellation);
    }
}
