using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Rows that are merged by key, by each way in which rows of a table can be replaced.</summary>
[Trait("speed", "slow")]
public sealed class MergeTests
{
    private static readonly string[] Amount = ["amount"];

    public static TheoryData<IcebergRowChanges, string, int> Ways
    {
        get
        {
            var ways = new TheoryData<IcebergRowChanges, string, int>();
            foreach (IcebergRowChanges way in Enum.GetValues<IcebergRowChanges>())
            {
                ways.Add(way, "", 2);
                ways.Add(way, "bucket(3, id)", 2);
            }

            ways.Add(IcebergRowChanges.MergeOnRead, "region", 2);
            ways.Add(IcebergRowChanges.CopyOnWrite, "region", 2);
            ways.Add(IcebergRowChanges.MergeOnRead, "bucket(3, id)", 3);
            ways.Add(IcebergRowChanges.EqualityDeletes, "", 3);
            ways.Add(IcebergRowChanges.CopyOnWrite, "region", 3);
            ways.Add(IcebergRowChanges.CopyOnWrite, "", 1);
            ways.Add(IcebergRowChanges.CopyOnWrite, "truncate(10, id)", 1);
            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Rows_are_added_replaced_and_removed(IcebergRowChanges way, string partition, int version)
    {
        using MergedTable table = Table(way, partition, version);
        await table.WriteAsync([1, "eu", 10], [2, "us", 20], [3, "eu", 30]);
        Assert.Equal("append", await table.OperationAsync());
        Assert.Equal(4, await table.WriteAsync([2, "eu", 21, "U"], [3, null, null, "D"], [4, "us", 40, "I"], [9, null, null, "D"]));
        Assert.Equal(["1 eu 10", "2 eu 21", "4 us 40"], await table.ReadAsync());
        Assert.Equal("overwrite", await table.OperationAsync());
        await table.WriteAsync([1, null, null, "D"]);
        Assert.Equal(["2 eu 21", "4 us 40"], await table.ReadAsync());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Of_several_rows_with_one_key_the_last_counts(IcebergRowChanges way, string partition, int version)
    {
        using MergedTable table = Table(way, partition, version);
        await table.WriteAsync([1, "eu", 10, "I"], [1, "us", 11, "U"], [2, "eu", 1, "I"], [2, null, null, "D"], [3, null, null, "D"], [3, "us", 3, "I"]);
        Assert.Equal(["1 us 11", "3 us 3"], await table.ReadAsync());
        Assert.Empty(await table.FilesAsync(FileContent.PositionDeletes));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_emptied_table_has_what_came_behind(IcebergRowChanges way, string partition, int version)
    {
        using MergedTable table = Table(way, partition, version);
        await table.WriteAsync([1, "eu", 10], [2, "us", 20]);
        await table.WriteAsync([3, "eu", 30, "I"], [null, null, null, "T"], [2, "us", 22, "I"]);
        Assert.Equal(["2 us 22"], await table.ReadAsync());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Values_that_were_not_sent_are_what_they_were(IcebergRowChanges way, string partition, int version)
    {
        using MergedTable table = Table(way, partition, version);
        await table.WriteAsync([1, "eu", 10], [2, "us", 20], [3, "eu", 30]);

        // From the table; from the row before; and along with a key that was changed, from either.
        await table.WriteAsync(
            [1, "us", null, "U", Amount],
            [2, "us", 21, "U"], [2, "eu", null, "U", Amount],
            [3, null, null, "D", Amount], [33, "eu", null, "U", Amount], [33, null, null, "D", Amount], [34, "us", null, "U", Amount]);
        Assert.Equal(["1 us 10", "2 eu 21", "34 us 30"], await table.ReadAsync());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Epochs_that_do_not_fit_into_memory_are_merged_block_by_block(IcebergRowChanges way, string partition, int version)
    {
        using MergedTable table = Table(way, partition, version);
        await table.WriteAsync([.. Enumerable.Range(0, 50).Select(i => new object?[] { i, "eu", i })]);
        await using (ISink sink = table.Open())
        {
            ((IcebergSink)sink).BlockSize = 1;
            object?[][] rows = [.. Enumerable.Range(0, 100).Select(i => new object?[] { i % 30, i % 2 == 0 ? "eu" : "us", 1000 + i, i is 95 or 40 ? "D" : "U" })];
            await table.WriteAsync(sink, rows, removesMissing: false);
        }

        string[] expected = [.. Enumerable.Range(0, 50).Where(i => i != 5).Select(i => i < 30 ? $"{i} {(Last(i) % 2 == 0 ? "eu" : "us")} {1000 + Last(i)}" : $"{i} eu {i}").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, await table.ReadAsync());

        static int Last(int key) => key < 10 ? key + 90 : key + 60;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_random_history_ends_as_a_dictionary_does(IcebergRowChanges way, string partition, int version)
    {
        using MergedTable table = Table(way, partition, version);
        var random = new Random(way.GetHashCode() + partition.Length);
        var expected = new Dictionary<int, string>();
        for (int epoch = 0; epoch < 6; epoch++)
        {
            var rows = new List<object?[]>();
            for (int i = random.Next(40); i >= 0; i--)
            {
                int id = random.Next(60);
                bool isGone = random.Next(4) == 0;
                string region = random.Next(2) == 0 ? "eu" : "us";
                rows.Add(isGone ? [id, null, null, "D"] : [id, region, epoch, "U"]);
                expected.Remove(id);
                if (!isGone)
                {
                    expected.Add(id, $"{id} {region} {epoch}");
                }
            }

            await table.WriteAsync([.. rows]);
        }

        Assert.Equal(expected.Values.Order(StringComparer.Ordinal), await table.ReadAsync());
    }

    [Theory]
    [InlineData(IcebergRowChanges.MergeOnRead)]
    [InlineData(IcebergRowChanges.CopyOnWrite)]
    [InlineData(IcebergRowChanges.EqualityDeletes)]
    public async Task A_key_that_another_writer_adds_in_the_meantime_is_not_doubled(IcebergRowChanges way)
    {
        using MergedTable table = Table(way, "", 2);
        await table.WriteAsync([1, "eu", 10], [2, "us", 20]);
        await using ISink sink = table.Open();
        using RecordBatch mine = LakeFolder.Batch(MergedTable.Rows, [[2L, "eu", 22L], [5L, "eu", 55L]]);
        using RecordBatch other = LakeFolder.Batch(MergedTable.Rows, [[5L, "us", 5L], [6L, "us", 6L]]);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = MergedTable.Rows, Mode = WriteMode.Merge, Key = ["id"], RunId = "slow", FencingToken = 1 }, default);
        await writer.WriteAsync(mine, default);
        await writer.FlushAsync(default);
        await table.Lake.WriteAsync(other);
        await writer.CommitAsync(new Checkpoint { Job = "merge", Epoch = 2, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 }, default);
        Assert.Equal(["1 eu 10", "2 eu 22", "5 eu 55", "6 us 6"], await table.ReadAsync());
    }

    [Fact]
    public async Task Rows_without_a_key_are_set_aside()
    {
        using MergedTable table = Table(IcebergRowChanges.MergeOnRead, "", 2);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => table.WriteAsync([null, "eu", 1]));
        Assert.Contains("rows are merged by it", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IcebergRowChanges.MergeOnRead)]
    [InlineData(IcebergRowChanges.CopyOnWrite)]
    [InlineData(IcebergRowChanges.EqualityDeletes)]
    public async Task Columns_that_the_rows_lack_keep_their_values(IcebergRowChanges way)
    {
        using MergedTable table = Table(way, "", 2);
        await table.WriteAsync([1, "eu", 10], [2, "us", 20]);
        Schema part = MergedTable.Rows.Select([0, 2]);
        await using ISink sink = table.Open();
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = part, Mode = WriteMode.Merge, Key = ["id"], RunId = "part", FencingToken = 1 }, default);
        using RecordBatch rows = LakeFolder.Batch(part, [[2L, 22L], [3L, 33L]]);
        await writer.WriteAsync(rows, default);
        await writer.CommitAsync(new Checkpoint { Job = "merge", Epoch = 2, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 }, default);
        Assert.Equal(["1 eu 10", "2 us 22", "3  33"], await table.ReadAsync());
    }

    [Fact]
    public async Task What_the_table_says_holds_where_the_job_says_nothing()
    {
        using MergedTable table = new() { Options = o => o with { Properties = new Dictionary<string, string> { ["write.merge.mode"] = "copy-on-write" } } };
        await table.WriteAsync([1, "eu", 10], [2, "us", 20]);
        await table.WriteAsync([2, "us", 21]);
        Assert.Equal(["1 eu 10", "2 us 21"], await table.ReadAsync());
        Assert.Empty(await table.FilesAsync(FileContent.PositionDeletes));
    }

    [Fact]
    public async Task Files_that_cannot_hold_the_keys_are_not_opened()
    {
        using MergedTable table = new();
        for (int file = 0; file < 4; file++)
        {
            await table.WriteAsync([file * 10, "eu", 0], [(file * 10) + 5, "eu", 0]);
        }

        // Unreadable from here on: a look at them would fail.
        List<DataFile> files = await table.FilesAsync(FileContent.Data);
        foreach (DataFile file in files.Where(f => !Enumerable.SequenceEqual(f.Metrics.LowerBounds[1], BitConverter.GetBytes(20L))))
        {
            File.WriteAllText(file.Path, "no Parquet");
        }

        await table.WriteAsync([22, "us", 1], [25, "us", 1], [100, "us", 1]);
        DataFile deletes = Assert.Single(await table.FilesAsync(FileContent.PositionDeletes));
        Assert.Equal(1, deletes.Rows);
    }

    [Theory]
    [InlineData(IcebergRowChanges.MergeOnRead, "", 1)]
    [InlineData(IcebergRowChanges.EqualityDeletes, "", 1)]
    [InlineData(IcebergRowChanges.EqualityDeletes, "region", 2)]
    public async Task Ways_that_a_table_does_not_have_are_refused(IcebergRowChanges way, string partition, int version)
    {
        using MergedTable table = Table(way, partition, version);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => table.WriteAsync([1, "eu", 1]));
        Assert.Equal(IcebergErrors.CannotMerge, e.Code);
    }

    private static MergedTable Table(IcebergRowChanges way, string partition, int version) => new()
    {
        Options = o => o with { RowChanges = way, FormatVersion = version, Partition = partition.Length == 0 ? [] : [partition], MaxOpenFiles = 2 },
    };
}
