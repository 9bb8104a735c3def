using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

public sealed class OrphanTests : IDisposable
{
    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Files_that_nothing_names_go_when_they_are_old_enough()
    {
        await _lake.AppendAsync(0, 10, "region");
        await _lake.AppendAsync(10, 10, "region");
        string old = Make("data/region=eu/run-0-abc-00000.parquet", days: 4);
        string young = Make("data/region=eu/run-0-def-00000.parquet", days: 2);
        string manifest = Make("metadata/0b2a-m0.avro", days: 4);
        string elsewhere = Make("notes/readme.txt", days: 40);
        AgeAll(days: 10, except: [old, young, manifest, elsewhere]);
        OrphanReport dry = await RemoveAsync(new OrphanOptions { DryRun = true });
        Assert.True(File.Exists(old));
        OrphanReport report = await RemoveAsync(new OrphanOptions());
        Assert.Equal(dry.Names, report.Names);
        Assert.Equal((1L, 1L, 1L), (report.Removed.DataFiles, report.Removed.Manifests, report.Young));
        Assert.Equal((false, true, false, true), (File.Exists(old), File.Exists(young), File.Exists(manifest), File.Exists(elsewhere)));
        Assert.Equal(20, (await _lake.IdsAsync()).Count());
        await _lake.AssertWholeAsync();
    }

    [Fact]
    public async Task The_files_of_a_writer_that_is_still_at_it_stay_however_old_the_first_are()
    {
        await _lake.AppendAsync(0, 10);
        string first = Make("data/long-0-abc-00000.parquet", days: 9);
        string last = Make("data/x=1/long-0-abc-00044.parquet", days: 0);
        Assert.Equal(0, (await RemoveAsync(new OrphanOptions())).Removed.Count);
        File.SetLastWriteTimeUtc(last, DateTime.UtcNow.AddDays(-5));
        Assert.Equal(2, (await RemoveAsync(new OrphanOptions())).Removed.Count);
        Assert.False(File.Exists(first));
    }

    [Theory]
    [InlineData("file:")]
    [InlineData("file://")]
    [InlineData("s3://elsewhere")]
    public async Task A_file_is_named_however_its_path_is_spelled(string prefix)
    {
        await _lake.AppendAsync(0, 10);
        IcebergTable table = await _lake.LoadAsync();
        DataFile file = (await _lake.FilesAsync())[0].File;
        string copy = $"{_lake.Path}/data/copy.parquet";
        File.Copy(file.Path, copy);
        await table.CommitAsync(FileChange.Append([file with { Path = prefix + copy }]), Cancellation);
        AgeAll(days: 10, except: []);
        Assert.Empty((await RemoveAsync(new OrphanOptions())).Names);
    }

    [Fact]
    public async Task Old_versions_of_the_metadata_go_from_the_first_on_and_the_newest_stays()
    {
        IcebergTable? table = null;
        for (int i = 0; i < 5; i++)
        {
            await _lake.AppendAsync(i, 1);
            table ??= await _lake.LoadAsync();
            await (await _lake.LoadAsync()).UpdateAsync(m => new TableChange([], [new MetadataUpdate.SetProperties(m.Properties.SetItem("write.metadata.previous-versions-max", "2"))]), Cancellation);
        }

        AgeAll(days: 10, except: []);
        OrphanReport report = await RemoveAsync(new OrphanOptions());
        Assert.All(report.Names, n => Assert.EndsWith(".metadata.json", n, StringComparison.Ordinal));
        Assert.Equal(report.Names.Count, report.Removed.Others);
        Assert.Equal(3, Directory.GetFiles($"{_lake.Path}/metadata", "v*.metadata.json").Length);
        Assert.Equal(5, (await _lake.IdsAsync()).Count());
        File.Delete($"{_lake.Path}/metadata/version-hint.text");
        Assert.Equal(5, (await _lake.IdsAsync()).Count());
    }

    [Fact]
    public async Task Ages_of_less_than_a_day_have_to_be_meant()
    {
        await _lake.AppendAsync(0, 1);
        Assert.Equal("MR3487", (await Assert.ThrowsAsync<MillraceException>(() => RemoveAsync(new OrphanOptions { OlderThan = TimeSpan.FromHours(1) }))).Code.Id);
        Make("data/left.parquet", days: 0);
        Assert.Equal(1, (await RemoveAsync(new OrphanOptions { OlderThan = TimeSpan.FromTicks(1), Force = true })).Removed.DataFiles);
    }

    [Fact]
    public async Task A_table_that_another_catalog_names_is_left_alone()
    {
        await _lake.AppendAsync(0, 1);
        string[] versions = [.. Directory.GetFiles($"{_lake.Path}/metadata", "v*.metadata.json")];
        File.Move(versions[^1], $"{_lake.Path}/metadata/00009-0b2a.metadata.json");
        foreach (string other in versions[..^1].Append($"{_lake.Path}/metadata/version-hint.text"))
        {
            File.Delete(other);
        }

        Assert.Equal("MR3414", (await Assert.ThrowsAsync<MillraceException>(() => RemoveAsync(new OrphanOptions()))).Code.Id);
        Assert.Equal("MR3414", (await Assert.ThrowsAsync<MillraceException>(() => _lake.WithAsync(m => m.ExpireAsync(new ExpiryOptions(), Cancellation)))).Code.Id);
    }

    private Task<OrphanReport> RemoveAsync(OrphanOptions options) => _lake.WithAsync(m => m.RemoveOrphansAsync(options, Cancellation));

    private string Make(string name, int days)
    {
        string path = $"{_lake.Path}/{name}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "left behind");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-days).AddSeconds(-1));
        return path;
    }

    private void AgeAll(int days, string[] except)
    {
        foreach (string path in Directory.GetFiles(_lake.Path, "*", SearchOption.AllDirectories).Except(except))
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-days));
        }
    }
}
