using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Millrace.Connectors.Common;
using Millrace.Connectors.Iceberg;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Manifests")]
[Specification("Manifest Entry Inheritance")]
[Specification("Manifest Lists")]
public sealed class ManifestTests : IAsyncLifetime
{
    private static readonly TableSchema Columns = new(3,
    [
        new(1, "id", true, IcebergType.Long),
        new(2, "ts", false, IcebergType.Timestamp),
        new(3, "name", false, IcebergType.String),
        new(4, "price", false, IcebergType.Decimal(9, 2)),
        new(5, "key", false, IcebergType.Uuid),
        new(6, "score", false, IcebergType.Double),
    ]);

    private static readonly PartitionSpec Spec = new(7,
    [
        new(2, 1000, "ts_day", Transform.Parse("day")),
        new(3, 1001, "first letter", Transform.Parse("truncate[1]")),
        new(4, 1002, "price", Transform.Identity),
        new(5, 1003, "key", Transform.Identity),
        new(2, 1004, "ts", Transform.Identity),
        new(1, 1005, "id_bucket", Transform.Parse("bucket[8]")),
        new(6, 1006, "score", Transform.Identity),
    ]);

    private readonly LeakCheck _leaks = new();
    private readonly TempFolder _folder = new();
    private TableFiles _files = null!;

    public ValueTask InitializeAsync()
    {
        _files = new TableFiles(new LocalStore(_folder.Path), "", _folder.Path);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        _leaks.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Entries_read_as_they_were_written(int version)
    {
        List<ManifestEntry> entries = Entries(version, 1300);
        ManifestFile manifest = await WriteAsync(version, Spec, entries);
        Assert.Equal((433, 434, 433), (manifest.AddedFiles, manifest.ExistingFiles, manifest.DeletedFiles));

        List<ManifestEntry> read = await ReadAsync(manifest, Table(version));

        Assert.Equal(entries.Count, read.Count);
        for (int i = 0; i < entries.Count; i++)
        {
            AssertSame(version == 1 ? entries[i] with { SequenceNumber = 0, FileSequenceNumber = read[i].FileSequenceNumber } : entries[i], read[i]);
        }
    }

    [Fact]
    public async Task What_a_commit_adds_inherits_its_number()
    {
        DataFile file = Entries(2, 1)[0].File;
        ManifestFile written = await WriteAsync(2, Spec, [new(EntryStatus.Added, null, null, null, file), new(EntryStatus.Existing, 5, 3, 2, file)]);
        string list = _files.PathOf("metadata/list.avro");
        await PublishAsync(p => ManifestList.WriteAsync(_files, list, 2, 99, 98, 12, null, [written with { SequenceNumber = ManifestWriter.Unassigned }], p, TestContext.Current.CancellationToken));
        ManifestFile manifest = Assert.Single(await ManifestList.ReadAsync(_files, new Snapshot { Id = 99, TimestampMs = 0, ManifestList = list }, TestContext.Current.CancellationToken));

        Assert.Equal((12, 3, 99), (manifest.SequenceNumber, manifest.MinSequenceNumber, manifest.AddedSnapshotId));
        List<ManifestEntry> read = await ReadAsync(manifest, Table(2));
        Assert.Equal((99, 12, 12), (read[0].SnapshotId, read[0].SequenceNumber, read[0].FileSequenceNumber));
        Assert.Equal((5, 3, 2), (read[1].SnapshotId, read[1].SequenceNumber, read[1].FileSequenceNumber));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Lists_keep_summaries_of_partitions(int version)
    {
        List<ManifestEntry> entries = Entries(version, 50);
        ManifestFile written = await WriteAsync(version, Spec, entries);
        string list = _files.PathOf("metadata/list.avro");
        await PublishAsync(p => ManifestList.WriteAsync(_files, list, version, 99, null, 4, null, [written, written with { Path = "x", Partitions = [] }], p, TestContext.Current.CancellationToken));
        List<ManifestFile> read = await ManifestList.ReadAsync(_files, new Snapshot { Id = 99, TimestampMs = 0, ManifestList = list }, TestContext.Current.CancellationToken);

        Assert.Equal(2, read.Count);
        Assert.Equal(written.Length, read[0].Length);
        Assert.Equal(new FileInfo(written.Path).Length, written.Length);
        Assert.Equal(7, read[0].Partitions.Count);
        Assert.Empty(read[1].Partitions);
        int[] days = [.. entries.Select(e => e.File.Partition[0]).OfType<int>()];
        Assert.Equal(days.Min(), SingleValue.FromBytes(IcebergType.Date, read[0].Partitions[0].Lower));
        Assert.Equal(days.Max(), SingleValue.FromBytes(IcebergType.Date, read[0].Partitions[0].Upper));
        Assert.True(read[0].Partitions[0].HasNull);
        Assert.True(read[0].Partitions[6].HasNan);
        Assert.False(read[0].Partitions[5].HasNull);
    }

    [Fact]
    public async Task A_table_without_partitions_has_an_empty_partition()
    {
        ManifestEntry entry = Entries(2, 1)[0];
        entry = entry with { File = entry.File with { Partition = PartitionTuple.Empty, SpecId = 0 } };
        ManifestFile manifest = await WriteAsync(2, PartitionSpec.Unpartitioned, [entry]);
        AssertSame(entry, Assert.Single(await ReadAsync(manifest, Table(2))));
    }

    [Fact]
    public async Task Another_implementation_reads_the_records_and_sees_the_field_ids()
    {
        List<ManifestEntry> entries = Entries(2, 20);
        ManifestFile manifest = await WriteAsync(2, Spec, entries);

        JsonNode file = NodeOracle.Ask("avro-read", new JsonObject { ["file"] = manifest.Path });
        string header = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(manifest.Path, TestContext.Current.CancellationToken));
        Assert.Equal(
            [0, 1, 3, 4, 134, 100, 101, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 102, 103, 104, 117, 118, 108, 119, 120, 109, 121, 122, 110, 138, 139, 137, 126, 127, 125, 129, 130, 128, 131, 132, 135, 140, 143, 2],
            System.Text.RegularExpressions.Regex.Matches(header, "\"field-id\":(\\d+)").Take(41).Select(m => int.Parse(m.Groups[1].Value)));
        Assert.Contains("{\"type\":\"long\",\"logicalType\":\"timestamp-micros\",\"adjust-to-utc\":false}", header, StringComparison.Ordinal);
        Assert.Contains("\"element-id\":133", header, StringComparison.Ordinal);
        Assert.Equal(entries.Count, file["rows"]!.AsArray().Count);
        Assert.Equal(entries[3].File.Path, (string)file["rows"]![3]!["data_file"]!["file_path"]!);
    }

    [Fact]
    public async Task Any_bytes_give_entries_or_an_error_of_ours()
    {
        var random = new Random(20260724);
        ManifestFile manifest = await WriteAsync(2, Spec, Entries(2, 40));
        byte[] good = await File.ReadAllBytesAsync(manifest.Path, TestContext.Current.CancellationToken);
        TableMetadata table = Table(2);
        int failed = 0;
        for (int round = 0; round < 400; round++)
        {
            byte[] bytes = [.. good];
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                bytes[random.Next(random.Next(2) == 0 ? bytes.Length : 4000)] = (byte)random.Next(256);
            }

            ManifestFile bad = manifest with { Path = _files.PathOf($"bad-{round}.avro") };
            await File.WriteAllBytesAsync(bad.Path, bytes, TestContext.Current.CancellationToken);
            try
            {
                await ReadAsync(bad, table);
            }
            catch (MillraceException)
            {
                failed++;
            }
        }

        Assert.InRange(failed, 50, 400);
    }

    [Fact]
    public void An_id_of_a_column_that_is_none_is_told_with_the_file()
    {
        DataType type = DataType.List(new Field("element", DataType.Int64));
        using var builder = new ListBuilder(type, 1);
        ((FixedBuilder<long>)builder.Items).Append(1L << 33);
        builder.AppendRow();
        using Column ids = builder.Build();
        var columns = new IdColumns([new Field("equality_ids", type).WithMetadata(FieldMetadata.FieldId, "135")], [ids], "metadata/m0.avro");
        MillraceException e = Assert.Throws<MillraceException>(() => columns.Ids(135, 0));
        Assert.Equal(("MR3408", "metadata/m0.avro", "The manifest names a column 8589934592, which is no id (field 135)."), (e.Code.Id, e.Place?.File, e.Message));
    }

    private static void AssertSame(ManifestEntry expected, ManifestEntry actual)
    {
        Assert.Equal(expected with { File = actual.File }, actual);
        DataFile e = expected.File;
        DataFile a = actual.File;
        Assert.Equal(e.Partition, a.Partition);
        Assert.Equal((e.Content, e.Path, e.Format, e.SpecId, e.Rows, e.Bytes, e.SortOrderId, e.ReferencedFile), (a.Content, a.Path, a.Format, a.SpecId, a.Rows, a.Bytes, a.SortOrderId, a.ReferencedFile));
        Assert.Equal(e.SplitOffsets, a.SplitOffsets);
        Assert.Equal(e.EqualityIds, a.EqualityIds);
        Assert.Equal(e.KeyMetadata, a.KeyMetadata);
        Assert.Equal(e.Metrics.ColumnSizes, a.Metrics.ColumnSizes);
        Assert.Equal(e.Metrics.NanCounts, a.Metrics.NanCounts);
        Assert.Equal(e.Metrics.NullCounts, a.Metrics.NullCounts);
        Assert.Equal(e.Metrics.ValueCounts, a.Metrics.ValueCounts);
        Assert.Equal(e.Metrics.LowerBounds.Select(b => (b.Key, Convert.ToHexString(b.Value))), a.Metrics.LowerBounds.Select(b => (b.Key, Convert.ToHexString(b.Value))));
        Assert.Equal(e.Metrics.UpperBounds.Select(b => (b.Key, Convert.ToHexString(b.Value))), a.Metrics.UpperBounds.Select(b => (b.Key, Convert.ToHexString(b.Value))));
    }

    private static List<ManifestEntry> Entries(int version, int count)
    {
        var random = new Random(20260725);
        var entries = new List<ManifestEntry>();
        for (int i = 0; i < count; i++)
        {
            var status = (EntryStatus)(i % 3);
            byte[] uuid = new byte[16];
            random.NextBytes(uuid);
            entries.Add(new ManifestEntry(status, 1000 + i, status == EntryStatus.Added ? 5 : i, status == EntryStatus.Added ? 5 : i, new DataFile
            {
                Content = version == 1 ? FileContent.Data : (FileContent)(i % 3),
                Path = $"s3://bucket/data/{i}.parquet",
                Partition = new PartitionTuple(
                    i % 7 == 0 ? null : random.Next(-1000, 20000),
                    i % 5 == 0 ? null : ((char)('a' + random.Next(26))).ToString(),
                    (Int128)random.Next(-100000, 100000),
                    uuid,
                    random.NextInt64(-1L << 40, 1L << 40),
                    random.Next(8),
                    i % 4 == 0 ? double.NaN : random.NextDouble()),
                SpecId = Spec.Id,
                Rows = random.Next(1, 1000000),
                Bytes = random.Next(1, 1000000),
                SplitOffsets = [4, 1000 + i],
                EqualityIds = version == 1 || i % 3 != 2 ? [] : [1, 3],
                SortOrderId = i % 2 == 0 ? 0 : null,
                ReferencedFile = version == 1 || i % 3 != 1 ? null : "s3://bucket/data/0.parquet",
                KeyMetadata = i % 10 == 0 ? [1, 2, 3] : null,
                Metrics = i % 9 == 0 ? FileMetrics.None : new FileMetrics
                {
                    ColumnSizes = ImmutableSortedDictionary<int, long>.Empty.Add(1, i).Add(2, 20),
                    ValueCounts = ImmutableSortedDictionary<int, long>.Empty.Add(1, 7),
                    NullCounts = ImmutableSortedDictionary<int, long>.Empty.Add(3, i),
                    NanCounts = ImmutableSortedDictionary<int, long>.Empty.Add(6, 1),
                    LowerBounds = ImmutableSortedDictionary<int, byte[]>.Empty.Add(1, SingleValue.ToBytes(IcebergType.Long, (long)i)).Add(3, "a"u8.ToArray()),
                    UpperBounds = ImmutableSortedDictionary<int, byte[]>.Empty.Add(3, "zz"u8.ToArray()),
                },
            }));
        }

        return entries;
    }

    private async Task<ManifestFile> WriteAsync(int version, PartitionSpec spec, List<ManifestEntry> entries)
    {
        string path = _files.PathOf($"metadata/{Guid.NewGuid()}-m0.avro");
        ManifestFile manifest = await PublishAsync(p => ManifestWriter.WriteAsync(_files, path, Table(version), spec, ManifestContent.Data, 99, entries, p, TestContext.Current.CancellationToken));
        return manifest.SequenceNumber == ManifestWriter.Unassigned ? manifest with { SequenceNumber = version == 1 ? 0 : 5 } : manifest;
    }

    private static async Task<T> PublishAsync<T>(Func<Publisher<string>, ValueTask<T>> write)
    {
        var publisher = new Publisher<string>();
        T written = await write(publisher);
        await publisher.FinishAsync();
        return written;
    }

    private async Task<List<ManifestEntry>> ReadAsync(ManifestFile manifest, TableMetadata table)
    {
        var entries = new List<ManifestEntry>();
        await foreach (ManifestEntry entry in ManifestReader.ReadAsync(_files, manifest, table, TestContext.Current.CancellationToken))
        {
            entries.Add(entry);
        }

        return entries;
    }

    private TableMetadata Table(int version) => new()
    {
        FormatVersion = version,
        TableUuid = Guid.NewGuid(),
        Location = _folder.Path,
        LastUpdatedMs = 0,
        LastColumnId = 6,
        Schemas = [Columns],
        CurrentSchemaId = 3,
        Specs = [PartitionSpec.Unpartitioned, Spec],
        DefaultSpecId = 7,
    };
}
