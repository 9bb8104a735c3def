using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Tables as other engines lay them out, built after the specification by code that shares nothing with ours.</summary>
public sealed class OtherWritersTests : IDisposable
{
    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData("evolved")]
    [InlineData("version1")]
    [InlineData("migrated")]
    [InlineData("version3")]
    [Specification("Column Projection")]
    [Specification("Manifest Entry Inheritance")]
    [Specification("Delete Formats: Position Delete Files")]
    [Specification("Delete Formats: Equality Delete Files")]
    [Specification("Delete Formats: Deletion Vectors")]
    [Specification("Appendix F: Implementation Notes")]
    [Specification("Appendix A: Format-specific Requirements")]
    public async Task A_table_of_another_writer_has_the_rows_that_it_wrote(string name)
        => Assert.Equal(Build(name), await RowsAsync());

    [Theory]
    [InlineData("evolved")]
    [InlineData("version1")]
    [InlineData("version3")]
    [Specification("Table Statistics")]
    [Specification("Appendix E: Format version changes")]
    public async Task What_another_writer_left_is_there_after_a_commit_of_ours(string name)
    {
        List<string> before = Build(name);
        TableMetadata old = (await _lake.LoadAsync()).Metadata;
        using RecordBatch batch = LakeFolder.Batch(new Schema(new Field("id", DataType.Int64, nullable: false)), [[900L]]);
        await _lake.WriteAsync(batch, options: o => o with { Path = _lake.Path });
        IReadOnlyList<string> after = await RowsAsync();
        Assert.Equal(before.Count + 1, after.Count);
        Assert.Subset(after.ToHashSet(), before.ToHashSet());
        TableMetadata table = (await _lake.LoadAsync()).Metadata;
        Assert.Equal((old.FormatVersion, old.Location, old.TableUuid), (table.FormatVersion, table.Location, table.TableUuid));
        Assert.Equal(old.Statistics.Select(s => s.Json), table.Statistics.Select(s => s.Json));
        Assert.Equal(2, table.Snapshots.Count);
    }

    [Fact]
    [Specification("Scan Planning")]
    public async Task Figures_of_another_writer_leave_out_its_files()
    {
        Build("evolved");
        using Column constant = ColumnValue.Repeat(DataType.Int64, 50L, 1);
        Assert.Equal(1, await _lake.CountSplitsAsync(new ColumnPredicate("id", PredicateOperator.Greater, constant)));
        Assert.Equal(1, await _lake.CountSplitsAsync(new ColumnPredicate("id", PredicateOperator.Less, constant)));
        Assert.Equal(0, await _lake.CountSplitsAsync(new ColumnPredicate("id", PredicateOperator.Equal, constant)));
    }

    [Fact]
    public async Task A_damaged_vector_is_told_and_never_overlooked()
    {
        Build("version3");
        string file = _lake.Path + "/data/a-dv.puffin";
        byte[] bytes = await File.ReadAllBytesAsync(file, Cancellation);
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancellation);
        Assert.Equal("MR3432", (await Assert.ThrowsAsync<MillraceException>(() => _lake.ReadAsync())).Code.Id);
        await File.WriteAllBytesAsync(file, bytes[..10], Cancellation);
        Assert.Equal("MR3432", (await Assert.ThrowsAsync<MillraceException>(() => _lake.ReadAsync())).Code.Id);
    }

    private List<string> Build(string name)
        => [.. NodeOracle.Ask("iceberg-table", new JsonObject { ["name"] = name, ["folder"] = _lake.Path }).AsArray().Select(r => Text(r!)).Order(StringComparer.Ordinal)];

    private async Task<List<string>> RowsAsync() => [.. (await _lake.ReadAsync()).Select(r => Text(JsonNode.Parse(r)!)).Order(StringComparer.Ordinal)];

    // Numbers as texts: the oracle tells large ones so.
    private static string Text(JsonNode row) => string.Join(", ", row.AsObject().Select(p => $"{p.Key}={p.Value?.ToString() ?? "null"}"));
}
