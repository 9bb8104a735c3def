using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Where a source that asks for ids of rows gives them, and where it says that it cannot.</summary>
[Specification("Row Lineage")]
public sealed class LineageReadTests : IDisposable
{
    private static readonly string[] Lineage = ["_row_id", "_last_updated_sequence_number"];

    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Ids_of_rows_are_asked_for_in_vain_below_version_3()
    {
        await WriteAsync(2);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(_lake.LineageAsync);
        AssertRefused(e, "format version 2");
        await using ISource source = Open();
        Assert.False((await source.CheckAsync(Cancellation)).Ok);
    }

    [Theory]
    [InlineData(ReadMode.Incremental)]
    [InlineData(ReadMode.Cdc)]
    public async Task Reads_of_what_came_refuse_to_give_ids(ReadMode mode)
    {
        await WriteAsync(3);
        await using ISource source = Open();
        var request = new ReadRequest { Mode = mode };
        AssertRefused(await Assert.ThrowsAsync<MillraceException>(async () => await source.PlanAsync(request, Cancellation)), $"mode: {mode.ToString().ToLowerInvariant()}");
        AssertRefused(Assert.Single((await source.CheckReadAsync(request, Cancellation)).Findings).Error!, "mode: full");
        Assert.True((await source.CheckReadAsync(new ReadRequest(), Cancellation)).Ok);
    }

    [Fact]
    public async Task Tables_of_every_version_are_described_with_the_columns_that_they_have()
    {
        await WriteAsync(2);
        using var other = new LakeFolder();
        await WriteAsync(3, other);
        await using ISource old = Open();
        await using ISource young = Open(other);
        Assert.Equal(["id"], (await old.DiscoverAsync(Cancellation).FirstAsync(Cancellation)).Schema.Fields.Select(f => f.Name));
        Assert.Equal(["id", .. Lineage], (await young.DiscoverAsync(Cancellation).FirstAsync(Cancellation)).Schema.Fields.Select(f => f.Name));
        Assert.True((await young.CheckAsync(Cancellation)).Ok);
    }

    [Fact]
    public async Task What_the_metadata_tells_is_read_whether_rows_have_ids_or_not()
    {
        await WriteAsync(2);
        Assert.Single(await _lake.ReadAsync(o => o with { RowLineage = true }, new ReadRequest { Stream = "$snapshots" }));
    }

    private static void AssertRefused(MillraceException e, string message)
    {
        Assert.Equal(("MR3445", "row_lineage"), (e.Code.Id, e.Place?.Field));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Contains("Leave `row_lineage` out", e.Hint, StringComparison.Ordinal);
    }

    private ISource Open(LakeFolder? lake = null) => new IcebergConnector().OpenSource(new IcebergSourceOptions { Path = (lake ?? _lake).Path, RowLineage = true }, new ConnectorContext { Job = "read" });

    private async Task WriteAsync(int version, LakeFolder? lake = null)
    {
        using RecordBatch batch = LakeFolder.Batch(new Schema(new Field("id", DataType.Int64)), [[1L]]);
        await (lake ?? _lake).WriteAsync(batch, options: o => o with { FormatVersion = version });
    }
}
