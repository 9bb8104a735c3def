using System.Text;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Table Metadata")]
[Specification("Snapshot References")]
[Specification("Snapshot Retention Policy")]
[Specification("Appendix C: JSON serialization")]
[Specification("Appendix E: Format version changes")]
public sealed class MetadataReaderTests
{
    [Fact]
    public void A_table_of_version_2_is_read_whole()
    {
        TableMetadata table = MetadataSamples.Read(MetadataSamples.Version2);

        Assert.Equal(2, table.FormatVersion);
        Assert.Equal(Guid.Parse("9c12d441-03fe-4693-9a96-a0705ddf69c1"), table.TableUuid);
        Assert.Equal("s3://bucket/test/location", table.Location);
        Assert.Equal((34, 1602638573590, 9, 1001), (table.LastSequenceNumber, table.LastUpdatedMs, table.LastColumnId, table.LastPartitionId));
        Assert.Equal(["x", "y", "when", "tags", "props"], table.Schema.Fields.Select(f => f.Name));
        Assert.Equal(IcebergType.Decimal(9, 2), table.Schema.Find(2)!.Type);
        Assert.Equal("props.value.f", table.Schema.PathOf(9));
        Assert.Equal(IcebergType.Fixed(16), table.Schema.Find("props.value.f")!.Type);
        Assert.Equal([1, 2], table.Schema.Identifiers);
        Assert.Equal([new SpecField(1, 1000, "x_bucket", new Transform(TransformKind.Bucket, 16)), new SpecField(3, 1001, "when_day", new Transform(TransformKind.Day))], table.Spec.Fields);
        Assert.Equal(new SortField(3, new Transform(TransformKind.Bucket, 4), Descending: true, NullsFirst: false), table.SortOrders[1].Fields[1]);
        Assert.Equal(3051729675574597004, table.CurrentSnapshot!.ParentId);
        Assert.Equal("2", table.CurrentSnapshot.Summary["added-data-files"]);
        Assert.Equal(3, table.Refs["main"].MinSnapshotsToKeep);
        Assert.False(table.Refs["audit"].IsBranch);
        Assert.Equal(3051729675574597004, table.SnapshotOf("audit")!.Id);
        Assert.Equal([3055729675574597004, 3051729675574597004], table.AncestorsOf(table.CurrentSnapshotId).Select(s => s.Id));
        Assert.Single(table.Statistics);
    }

    [Fact]
    public void An_old_table_of_version_1_gets_what_it_lacks()
    {
        TableMetadata table = MetadataSamples.Read(MetadataSamples.OldVersion1);

        Assert.Equal(0, table.CurrentSchemaId);
        Assert.Equal((0, 1000), (table.DefaultSpecId, table.LastPartitionId));
        Assert.Equal(new SpecField(1, 1000, "x", Transform.Identity), Assert.Single(table.Spec.Fields));
        Assert.Null(table.CurrentSnapshot);
        Assert.Equal(["s3://a/m1.avro", "s3://a/m2.avro"], table.Snapshots[0].Manifests);
        Assert.Equal(0, table.LastSequenceNumber);
        Assert.Empty(table.Refs);
    }

    [Theory]
    [InlineData(MetadataSamples.Version2)]
    [InlineData(MetadataSamples.OldVersion1)]
    public void What_is_written_reads_as_what_was_read(string json)
    {
        TableMetadata first = MetadataSamples.Read(json);
        byte[] written = MetadataWriter.Write(first);
        byte[] again = MetadataWriter.Write(MetadataReader.Read(written, "again"));

        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(again));
        JsonNode before = JsonNode.Parse(json)!;
        JsonNode after = JsonNode.Parse(written)!;
        foreach ((string name, JsonNode? value) in before.AsObject().Where(m => m.Key is not ("location" or "schema" or "snapshots")))
        {
            Assert.True(JsonNode.DeepEquals(value, after[name]), name);
        }
    }

    [Fact]
    public void Gzip_is_told_by_its_content()
    {
        TableMetadata table = MetadataSamples.Read(MetadataSamples.Version2);
        byte[] packed = MetadataFile.Encode(table, compress: true);

        Assert.True(packed.Length < MetadataFile.Encode(table, compress: false).Length);
        Assert.Equal(table.TableUuid, MetadataFile.Decode(packed, "v1.gz.metadata.json").TableUuid);
        packed.AsSpan(packed.Length / 2).Clear();
        Assert.Equal("MR3401", Assert.Throws<MillraceException>(() => MetadataFile.Decode(packed, "v1")).Code.Id);
    }

    [Fact]
    public void A_gzip_bomb_is_refused()
    {
        using var target = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(target, System.IO.Compression.CompressionLevel.Fastest, true))
        {
            byte[] blanks = new byte[1 << 20];
            blanks.AsSpan().Fill((byte)' ');
            for (int i = 0; i < 257; i++)
            {
                gzip.Write(blanks);
            }
        }

        Assert.Equal("MR3402", Assert.Throws<MillraceException>(() => MetadataFile.Decode(target.ToArray(), "v1")).Code.Id);
    }

    [Fact]
    public void Version_3_is_read_where_it_adds_nothing_that_matters()
    {
        string json = MetadataSamples.Version2.Replace("\"format-version\": 2,", "\"format-version\": 3, \"next-row-id\": 77,", StringComparison.Ordinal)
            .Replace("\"timestamptz\"", "\"timestamptz_ns\"", StringComparison.Ordinal);
        TableMetadata table = MetadataSamples.Read(json);

        Assert.Equal(77, table.NextRowId);
        Assert.Equal(IcebergType.TimestampTzNs, table.Schema.Find("when")!.Type);
    }

    [Theory]
    [InlineData("\"format-version\": 2", "\"format-version\": 4", "MR3403")]
    [InlineData("\"timestamptz\"", "\"money\"", "MR3401")]
    [InlineData("decimal(9, 2)", "decimal(39, 2)", "MR3401")]
    [InlineData("decimal(9, 2)", "decimal(2, 9)", "MR3401")]
    [InlineData("fixed[16]", "fixed[0]", "MR3401")]
    [InlineData("fixed[16]", "fixed[999999999]", "MR3401")]
    [InlineData("\"element-id\": 5", "\"element-id\": 1", "MR3401")]
    [InlineData("\"name\": \"y\"", "\"name\": \"x\"", "MR3401")]
    [InlineData("[1, 2]", "[1, 77]", "MR3401")]
    [InlineData("\"current-schema-id\": 1", "\"current-schema-id\": 7", "MR3401")]
    [InlineData("\"default-spec-id\": 1", "\"default-spec-id\": 7", "MR3401")]
    [InlineData("\"current-snapshot-id\": 3055729675574597004", "\"current-snapshot-id\": 1", "MR3401")]
    [InlineData("\"last-column-id\": 9", "\"last-column-id\": 8", "MR3401")]
    [InlineData("\"last-updated-ms\": 1602638573590", "\"last-updated-ms\": \"now\"", "MR3401")]
    [InlineData("\"last-updated-ms\": 1602638573590", "\"last-updated-ms\": 1e300", "MR3401")]
    [InlineData("\"source-id\": 1,", "\"source-ids\": [],", "MR3401")]
    [InlineData("\"source-id\": 1,", "\"source-ids\": [1, \"x\"],", "MR3401")]
    [InlineData("bucket[16]", "bucket[0]", "MR3407")]
    [InlineData("bucket[16]", "bucket[99999999999]", "MR3407")]
    [InlineData("\"direction\": \"asc\"", "\"direction\": \"up\"", "MR3401")]
    [InlineData("\"type\": \"tag\"", "\"type\": \"label\"", "MR3401")]
    [InlineData("\"table-uuid\": \"9c12d441-03fe-4693-9a96-a0705ddf69c1\",", "", "MR3401")]
    [InlineData("9c12d441-03fe-4693-9a96-a0705ddf69c1", "x", "MR3401")]
    [InlineData("\"field-id\": 1001", "\"field-id\": 1000", "MR3401")]
    [InlineData("\"properties\"", "\"location\": \"\", \"properties\"", "MR3401")]
    public void What_is_not_as_the_format_asks_is_told(string found, string replacement, string code)
    {
        Assert.Contains(found, MetadataSamples.Version2, StringComparison.Ordinal);
        MillraceException e = Assert.Throws<MillraceException>(() => MetadataSamples.Read(MetadataSamples.Version2.Replace(found, replacement, StringComparison.Ordinal)));
        Assert.Equal(code, e.Code.Id);
    }

    [Fact]
    public void Faults_name_their_place()
    {
        string json = MetadataSamples.Version2.Replace("\"id\": 9, \"name\": \"f\"", "\"id\": true, \"name\": \"f\"", StringComparison.Ordinal);
        MillraceException e = Assert.Throws<MillraceException>(() => MetadataSamples.Read(json));
        Assert.Equal("In the table metadata, 'schemas[1].fields[4].type.value.fields[0].id' is true, expected a whole number of 32 bits.", e.Message);
        Assert.Equal("v1.metadata.json", e.Place!.File);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        string open = string.Concat(Enumerable.Repeat("{\"type\":\"list\",\"element-id\":5,\"element-required\":true,\"element\":", 60));
        string json = MetadataSamples.Version2.Replace("\"timestamptz\"", open + "\"int\"" + new string('}', 60), StringComparison.Ordinal);
        Assert.Equal("MR3401", Assert.Throws<MillraceException>(() => MetadataSamples.Read(json)).Code.Id);
        json = MetadataSamples.Version2.Replace("\"timestamptz\"", new string('[', 100_000), StringComparison.Ordinal);
        Assert.Equal("MR3401", Assert.Throws<MillraceException>(() => MetadataSamples.Read(json)).Code.Id);
    }

    [Fact]
    public void Any_bytes_give_a_table_or_an_error_of_ours()
    {
        var random = new Random(20260722);
        byte[] good = Encoding.UTF8.GetBytes(MetadataSamples.Version2);
        int read = 0;
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = [.. good];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : good[random.Next(good.Length)];
            }

            try
            {
                MetadataFile.Decode(bytes.AsMemory(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length), "fuzz");
                read++;
            }
            catch (MillraceException)
            {
            }
        }

        Assert.InRange(read, 50, 2900);
    }
}
