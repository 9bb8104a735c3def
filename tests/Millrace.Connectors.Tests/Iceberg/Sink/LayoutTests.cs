using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>What a job asks of the layout of a table that is there is refused, kept or taken over, and never overlooked.</summary>
[Specification("Partition Evolution")]
[Specification("Sorting")]
[Specification("Appendix E: Format version changes")]
public sealed class LayoutTests : IDisposable
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64), new Field("region", DataType.Utf8), new Field("ts", DataType.Timestamp()));

    private readonly LakeFolder _lake = new();

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData("partition", "is partitioned by region, day(ts), and `partition` asks for bucket(4, id)")]
    [InlineData("none", "is partitioned by region, day(ts), and `partition` asks for nothing")]
    [InlineData("sort", "is sorted by id desc, and `sort` asks for ts nulls last")]
    [InlineData("format_version", "has format version 2, and `format_version` asks for 1")]
    public async Task A_difference_is_refused_before_anything_is_written(string option, string fault)
    {
        await StartAsync(2);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(2, o => option switch
        {
            "partition" => o with { Partition = ["bucket(4, id)"] },
            "none" => o with { Partition = [] },
            "sort" => o with { Sort = ["ts nulls last"] },
            _ => o with { FormatVersion = 1 },
        }));
        Assert.Equal("MR3430", e.Code.Id);
        Assert.Contains(fault, e.Message, StringComparison.Ordinal);
        Assert.Single((await _lake.LoadAsync()).Metadata.Snapshots);
    }

    [Fact]
    public async Task The_same_layout_in_other_words_is_no_difference()
    {
        await StartAsync(2);
        await WriteAsync(2, o => o with { Partition = ["day(ts) as d", "region"], Sort = ["id DESC nulls last"], FormatVersion = 2 });
        await WriteAsync(3, o => o);
        Assert.Single((await _lake.LoadAsync()).Metadata.Specs);
    }

    [Fact]
    public async Task A_layout_that_is_kept_is_told()
    {
        await StartAsync(2);
        var notes = new List<string>();
        await using ISink sink = new IcebergConnector().OpenSink(
            new IcebergTargetOptions { Path = _lake.Path, Partition = ["id"], Layout = IcebergLayout.Keep }, new ConnectorContext { Job = "keeps", Note = notes.Add });
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = Columns, RunId = "run" }, TestContext.Current.CancellationToken);
        Assert.Contains("is partitioned by region, day(ts), and `partition` asks for id: it stays as it is", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Single((await _lake.LoadAsync()).Metadata.Specs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_evolved_table_keeps_its_files_and_writes_new_ones_apart(int version)
    {
        await StartAsync(version);
        await WriteAsync(2, o => o with { Partition = ["bucket(4, id)", "day(ts)"], Sort = ["ts"], Layout = IcebergLayout.Evolve });
        TableMetadata table = (await _lake.LoadAsync()).Metadata;
        Assert.Equal(2, table.Specs.Count);

        // Fields that stay keep their ids; version 1 keeps the places of those that go.
        Assert.Equal(
            version == 1 ? ["1000 region void", "1001 ts_day day", "1002 id_bucket bucket[4]"] : ["1002 id_bucket bucket[4]", "1001 ts_day day"],
            table.Spec.Fields.Select(f => $"{f.FieldId} {f.Name} {f.Transform}"));
        Assert.Equal((false, table.Schema.Find("ts")!.Id), (table.SortOrder.Fields[0].Descending, table.SortOrder.Fields[0].SourceId));
        Assert.Equal(2, (await _lake.ReadAsync()).Count);

        await WriteAsync(3, o => o with { Partition = ["region", "day(ts)"], Sort = [], Layout = IcebergLayout.Evolve });
        table = (await _lake.LoadAsync()).Metadata;
        Assert.False(table.SortOrder.IsSorted);
        Assert.Equal(version == 1 ? 1003 : 1000, table.Spec.Fields.Single(f => f.Transform.Kind == TransformKind.Identity).FieldId);
        Assert.Equal(3, (await _lake.ReadAsync()).Count);
    }

    [Fact]
    public async Task A_table_of_version_1_becomes_one_of_version_2_and_not_back()
    {
        await StartAsync(1);
        await WriteAsync(2, o => o with { FormatVersion = 2, Layout = IcebergLayout.Evolve });
        TableMetadata table = (await _lake.LoadAsync()).Metadata;
        Assert.Equal((2, 1L), (table.FormatVersion, table.LastSequenceNumber));
        Assert.Equal(2, (await _lake.ReadAsync()).Count);
        Assert.Equal("MR3404", (await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(3, o => o with { FormatVersion = 1, Layout = IcebergLayout.Evolve }))).Code.Id);
    }

    [Fact]
    public async Task A_column_that_only_a_newer_version_takes_comes_with_it_in_one_step()
    {
        await StartAsync(2);
        var columns = new Schema([.. Columns.Fields, new Field("at", DataType.Timestamp(TimeUnit.Nanosecond))]);
        using RecordBatch batch = LakeFolder.Batch(columns, [[2L, "eu", 0L, 1L]]);
        foreach ((IcebergLayout layout, string code) in new[] { (IcebergLayout.Refuse, "MR3430"), (IcebergLayout.Keep, "MR3405") })
        {
            MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => _lake.WriteAsync(batch, options: o => o with { FormatVersion = 3, Layout = layout }));
            Assert.Equal(code, e.Code.Id);
        }

        await _lake.WriteAsync(batch, options: o => o with { FormatVersion = 3, Layout = IcebergLayout.Evolve, Partition = ["region", "day(at)"] });
        TableMetadata table = (await _lake.LoadAsync()).Metadata;
        Assert.Equal((3, IcebergType.TimestampNs), (table.FormatVersion, table.Schema.Find("at")!.Type));
        Assert.Equal(["region", "at_day"], table.Spec.Fields.Select(f => f.Name));
        Assert.Equal(2, (await _lake.ReadAsync()).Count);

        // The start, the change and the commit.
        Assert.Equal(3, Directory.GetFiles(_lake.Path + "/metadata", "v*.metadata.json").Length);
    }

    private Task StartAsync(int version) => WriteAsync(1, o => o with { Partition = ["region", "day(ts)"], Sort = ["id desc"], FormatVersion = version });

    private async Task WriteAsync(long id, Func<IcebergTargetOptions, IcebergTargetOptions> options)
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [[id, "eu", 0L]]);
        await _lake.WriteAsync(batch, options: options);
    }
}
