using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Others read what is left after a table was looked after: icebird the table, DuckDB its files.</summary>
public sealed class OtherReadersAfterwardsTests : IDisposable
{
    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Icebird_and_DuckDb_read_a_table_that_was_looked_after(int version)
    {
        for (int i = 0; i < 4; i++)
        {
            await _lake.AppendAsync(i * 25, 25, "region");
        }

        await (await _lake.LoadAsync()).UpdateAsync(_ => new TableChange([], version > 2 ? [new MetadataUpdate.UpgradeFormat(version)] : []), Cancellation);

        await _lake.DeleteAsync([((await _lake.FilesAsync())[0].File, 2)]);
        int[] expected = [.. await _lake.IdsAsync()];
        await using (TableMaintenance table = _lake.Open())
        {
            await table.CompactAsync(new CompactionOptions { Sort = "id" }, Cancellation);
            await table.RewriteManifestsAsync(new ManifestOptions { TargetBytes = 1 }, Cancellation);
            await table.ExpireAsync(new ExpiryOptions { OlderThan = DateTimeOffset.MaxValue }, Cancellation);
            await table.RemoveOrphansAsync(new OrphanOptions { OlderThan = TimeSpan.FromTicks(1), Force = true }, Cancellation);
        }

        Assert.Equal(expected, await _lake.IdsAsync());
        OracleTable duck = NodeOracle.DuckDb($"SELECT count(*), sum(id) FROM read_parquet('{_lake.Path}/data/**/*.parquet', hive_partitioning = false)");
        Assert.Equal(($"{expected.Length}", $"{expected.Sum()}"), (duck.Text(0, 0), duck.Text(0, 1)));
        JsonNode? read = NodeOracle.Ask("icebird-read", new JsonObject { ["table"] = _lake.Path });
        Assert.Equal(expected, read!.AsArray().Select(r => int.Parse(r!["id"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture)).Order());
    }
}
