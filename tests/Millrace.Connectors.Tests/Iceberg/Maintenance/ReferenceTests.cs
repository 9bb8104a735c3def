using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Snapshot References")]
public sealed class ReferenceTests : IDisposable
{
    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task A_rollback_goes_back_on_the_line_and_tells_what_it_takes_back()
    {
        await AppendThriceAsync();
        List<Snapshot> line = Line(await _lake.MetadataAsync());
        RollbackReport dry = await _lake.WithAsync(m => m.RollbackAsync(new RollbackRequest { Steps = 2, DryRun = true }, Cancellation));
        Assert.Equal((line[0].Id, line[2].Id, 2, 30L, 10L), (dry.From, dry.To, dry.Snapshots, dry.RowsBefore!.Value, dry.RowsAfter!.Value));
        Assert.Equal(["job 2", "job 1"], dry.Jobs.Select(j => j.Job));
        Assert.Equal(30, (await _lake.IdsAsync()).Count());

        await _lake.WithAsync(m => m.RollbackAsync(new RollbackRequest { SnapshotId = line[1].Id }, Cancellation));
        Assert.Equal(Enumerable.Range(0, 20), await _lake.IdsAsync());
        RollbackReport again = await _lake.WithAsync(m => m.RollbackAsync(new RollbackRequest { To = DateTimeOffset.FromUnixTimeMilliseconds(line[2].TimestampMs) }, Cancellation));
        Assert.Equal(line[1].Id, again.From);
        Assert.Equal(Enumerable.Range(0, 10), await _lake.IdsAsync());
    }

    [Fact]
    public async Task A_rollback_to_a_snapshot_beside_the_line_or_to_none_is_refused()
    {
        await AppendThriceAsync();
        long last = (await _lake.MetadataAsync()).CurrentSnapshotId!.Value;
        await _lake.WithAsync(m => m.RollbackAsync(new RollbackRequest { Steps = 1 }, Cancellation));
        await AssertFailsAsync("MR3482", m => m.RollbackAsync(new RollbackRequest { SnapshotId = last }, Cancellation));
        MillraceException error = await AssertFailsAsync("MR3415", m => m.RollbackAsync(new RollbackRequest { SnapshotId = 12345 }, Cancellation));
        Assert.Contains("12345", error.Message, StringComparison.Ordinal);
        await AssertFailsAsync("MR3415", m => m.RollbackAsync(new RollbackRequest { Steps = 9 }, Cancellation));
        await AssertFailsAsync("MR3415", m => m.RollbackAsync(new RollbackRequest { To = DateTimeOffset.UnixEpoch }, Cancellation));
        error = await AssertFailsAsync("MR3480", m => m.RollbackAsync(new RollbackRequest { Branch = "mian", Steps = 1 }, Cancellation));
        Assert.Contains("did you mean 'main'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Branches_and_tags_are_made_moved_and_deleted()
    {
        await AppendThriceAsync();
        List<Snapshot> line = Line(await _lake.MetadataAsync());
        await ChangeAsync(new ReferenceRequest("january", IsBranch: false, ReferenceAction.Create) { SnapshotId = line[2].Id, MaxAge = TimeSpan.FromDays(90) });
        await ChangeAsync(new ReferenceRequest("audit", IsBranch: true, ReferenceAction.Create) { MinSnapshots = 3, MaxSnapshotAge = TimeSpan.FromDays(7) });
        await _lake.AppendAsync(100, 5);
        TableMetadata table = await _lake.MetadataAsync();
        Assert.Equal(new SnapshotRef(line[2].Id, false) { MaxRefAgeMs = 90L * 86_400_000 }, table.Refs["january"]);
        Assert.Equal(new SnapshotRef(line[0].Id, true) { MinSnapshotsToKeep = 3, MaxSnapshotAgeMs = 7L * 86_400_000 }, table.Refs["audit"]);
        Assert.Equal(30, (await _lake.IdsAsync(o => o with { Ref = "audit" })).Count());
        Assert.Equal(10, (await _lake.IdsAsync(o => o with { Ref = "january" })).Count());

        // What is not said stays as it was.
        await ChangeAsync(new ReferenceRequest("audit", IsBranch: true, ReferenceAction.FastForward));
        await ChangeAsync(new ReferenceRequest("january", IsBranch: false, ReferenceAction.Replace) { MaxAge = TimeSpan.FromDays(1) });
        table = await _lake.MetadataAsync();
        Assert.Equal((table.CurrentSnapshotId!.Value, 3), (table.Refs["audit"].SnapshotId, table.Refs["audit"].MinSnapshotsToKeep!.Value));
        Assert.Equal((line[2].Id, 86_400_000L), (table.Refs["january"].SnapshotId, table.Refs["january"].MaxRefAgeMs!.Value));

        await ChangeAsync(new ReferenceRequest("january", IsBranch: false, ReferenceAction.Replace) { At = "audit" });
        await ChangeAsync(new ReferenceRequest("audit", IsBranch: true, ReferenceAction.Delete));
        table = await _lake.MetadataAsync();
        Assert.Equal(["january", "main"], table.Refs.Keys);
        Assert.Equal(table.CurrentSnapshotId, table.Refs["january"].SnapshotId);
    }

    [Fact]
    public async Task A_branch_is_moved_along_only_to_what_went_on_from_it()
    {
        await AppendThriceAsync();
        await ChangeAsync(new ReferenceRequest("audit", IsBranch: true, ReferenceAction.Create));
        using (RecordBatch batch = LakeFolder.Batch(LakeMaintenance.Columns, [[77L, "eu"]]))
        {
            await _lake.WriteAsync(batch, options: o => o with { Branch = "audit" });
        }

        await ChangeAsync(new ReferenceRequest("main", IsBranch: true, ReferenceAction.FastForward) { At = "audit" });
        Assert.Contains(77, await _lake.IdsAsync());
        await _lake.AppendAsync(200, 1);
        await AssertFailsAsync("MR3482", m => m.ChangeAsync(new ReferenceRequest("main", IsBranch: true, ReferenceAction.FastForward) { At = "audit" }, Cancellation));
    }

    [Theory]
    [InlineData("main", true, ReferenceAction.Create, "MR3481")]
    [InlineData("main", true, ReferenceAction.Delete, "MR3483")]
    [InlineData("main", false, ReferenceAction.Replace, "MR3483")]
    [InlineData("audit", true, ReferenceAction.Delete, "MR3480")]
    [InlineData("audit", true, ReferenceAction.FastForward, "MR3480")]
    public async Task Changes_that_make_no_sense_are_refused(string name, bool isBranch, ReferenceAction action, string code)
    {
        await _lake.AppendAsync(0, 1);
        await AssertFailsAsync(code, m => m.ChangeAsync(new ReferenceRequest(name, isBranch, action), Cancellation));
    }

    private async Task AppendThriceAsync()
    {
        for (int i = 0; i < 3; i++)
        {
            await _lake.AppendAsync(i * 10, 10);
        }
    }

    private Task<ReferenceReport> ChangeAsync(ReferenceRequest request) => _lake.WithAsync(m => m.ChangeAsync(request, Cancellation));

    private async Task<MillraceException> AssertFailsAsync<T>(string code, Func<TableMaintenance, ValueTask<T>> action)
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => _lake.WithAsync(action));
        Assert.Equal(code, error.Code.Id);
        return error;
    }

    private static List<Snapshot> Line(TableMetadata table) => [.. table.AncestorsOf(table.CurrentSnapshotId)];
}
