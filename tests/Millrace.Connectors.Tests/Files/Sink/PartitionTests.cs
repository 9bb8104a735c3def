using System.Globalization;
using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

public sealed class PartitionTests : IDisposable
{
    private static readonly Schema Wide = new(
        new Field("id", DataType.Int64),
        new Field("region", DataType.Utf8),
        new Field("at", DataType.Timestamp(TimeUnit.Millisecond, "UTC")),
        new Field("on", DataType.Date),
        new Field("good", DataType.Boolean));

    private readonly SinkHarness _harness = new();

    [Fact]
    public async Task Rows_go_into_folders_that_their_values_name()
    {
        await WriteAsync(["region"], false, (1, "eu", "2024-03-05T14:30:00Z"), (2, "us", "2024-03-05T14:30:00Z"), (3, null, "2024-03-05T14:30:00Z"), (4, "eu", "2024-03-05T14:30:00Z"));
        Assert.Equal(["region=__HIVE_DEFAULT_PARTITION__", "region=eu", "region=us"], Folders());
        Assert.Equal(["1", "4"], Ids("region=eu"));
        Assert.DoesNotContain("region", Text("region=eu"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partition_columns_stay_in_the_files_if_asked_for()
    {
        await WriteAsync(["region"], true, (1, "eu", "2024-03-05T14:30:00Z"));
        Assert.Contains("\"region\":\"eu\"", Text("region=eu"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("year(at)", "at_year=2024", "at_year=1969")]
    [InlineData("month(at)", "at_month=2024-03", "at_month=1969-12")]
    [InlineData("day(at)", "at_day=2024-03-05", "at_day=1969-12-31")]
    [InlineData("hour(at)", "at_hour=2024-03-05-14", "at_hour=1969-12-31-23")]
    [InlineData("YEAR( at ) as y", "y=2024", "y=1969")]
    [InlineData("day(on)", "on_day=2024-03-05", "on_day=1969-12-31")]
    [InlineData("month(on)", "on_month=2024-03", "on_month=1969-12")]
    [InlineData("on", "on=2024-03-05", "on=1969-12-31")]
    [InlineData("at", "at=2024-03-05 14%3A30%3A00Z", "at=1969-12-31 23%3A59%3A59.999Z")]
    public async Task Times_are_cut_before_and_after_1970(string expression, string after, string before)
    {
        await WriteAsync([expression], false, (1, "eu", "2024-03-05T14:30:00Z"), (2, "us", "1969-12-31T23:59:59.999Z"));
        Assert.Equal(["1"], Ids(after));
        Assert.Equal(["2"], Ids(before));
    }

    // The values of appendix B of Iceberg's specification.
    [Fact]
    public void Hashes_are_those_of_iceberg()
    {
        Assert.Equal(2017239379, Common.Murmur3.Hash(34));
        Assert.Equal(-500754589, Common.Murmur3.HashDecimal(1420));
        Assert.Equal(-653330422, Common.Murmur3.Hash(new DateOnly(2017, 11, 16).DayNumber - new DateOnly(1970, 1, 1).DayNumber));
        Assert.Equal(-2047944441, Common.Murmur3.Hash((new DateTime(2017, 11, 16, 22, 31, 8) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond));
        Assert.Equal(1210000089, Common.Murmur3.Hash("iceberg"u8));
        Assert.Equal(-188683207, Common.Murmur3.Hash([0, 1, 2, 3]));
        Assert.Equal(1488055340, Common.Murmur3.Hash(Convert.FromHexString("f79c3e09677c4bbda4793f349cb785e7")));
    }

    [Fact]
    public async Task Buckets_and_cut_values_partition_too()
    {
        await WriteAsync(["bucket(8, id)", "truncate(2, region)"], false, (34, "düren", "2024-03-05T14:30:00Z"), (35, "dünn", "2024-03-05T14:30:00Z"));
        int bucket = (2017239379 & int.MaxValue) % 8;
        Assert.Equal(["34"], Ids(string.Create(CultureInfo.InvariantCulture, $"id_bucket={bucket}/region_trunc=dü")));
        await WriteAsync(["truncate(10, id)"], false, (-1, "", "2024-03-05T14:30:00Z"), (19, "", "2024-03-05T14:30:00Z"));
        Assert.Equal(["-1"], Ids("id_trunc=-10"));
        Assert.Equal(["19"], Ids("id_trunc=10"));
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("..")]
    [InlineData("a/b=c%d")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    [InlineData("\0\n\u007f")]
    [InlineData("__HIVE_DEFAULT_PARTITION__")]
    [InlineData("süß 😀 *?\"'\\")]
    public async Task A_value_stays_in_its_folder_and_is_read_back_whatever_it_is(string value)
    {
        await WriteAsync(["region"], false, (1, value, "2024-03-05T14:30:00Z"), (2, null, "2024-03-05T14:30:00Z"));
        Assert.Equal(2, Folders().Count);
        Assert.All(_harness.Folder.Files(), f => Assert.StartsWith("out/", f, StringComparison.Ordinal));
        Dictionary<long, string?> read = await ReadRegionsAsync();
        Assert.Equal(value, read[1]);
        Assert.Null(read[2]);
    }

    [Fact]
    public async Task A_column_named_like_a_hidden_folder_gives_a_visible_one()
    {
        var schema = new Schema(new Field("..", DataType.Utf8), new Field("id", DataType.Int64));
        using var names = new BinaryBuilder(DataType.Utf8, 1);
        using var ids = new FixedBuilder<long>(DataType.Int64, 1);
        names.Append("x");
        ids.Append(7);
        await _harness.WriteAsync("out/", _harness.Request(schema: schema), o => o with { Partition = [".."] }, new RecordBatch(schema, 1, names.Build(), ids.Build()));
        Assert.Equal(["%2E.=x"], Folders());
    }

    [Fact]
    public async Task More_partitions_than_open_files_close_the_one_used_least_recently()
    {
        var rows = Enumerable.Range(0, 300).Select(i => ((long)i, (string?)$"r{i % 10}", "2024-03-05T14:30:00Z")).ToArray();
        await WriteAsync(["region"], false, o => o with { MaxOpenFiles = 3 }, rows);
        Assert.Equal(10, Folders().Count);
        Assert.Equal([.. rows.Select(r => r.Item1.ToString(CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal)], Folders().SelectMany(Ids).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rows_in_random_order_over_many_partitions_do_not_make_many_files()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 5000).Select(i => ((long)i, (string?)$"r{random.Next(20)}", "2024-03-05T14:30:00Z")).ToArray();
        await WriteAsync(["region"], false, o => o with { MaxOpenFiles = 2 }, rows);
        Assert.Equal(20, _harness.DataFiles("out").Count);
        Assert.Equal(5000, Folders().Sum(f => Ids(f).Length));
    }

    [Fact]
    public async Task Random_rows_are_spread_as_their_values_say_and_keep_their_order()
    {
        var random = new Random(11);
        var rows = Enumerable.Range(0, 3000).Select(i => ((long)i, random.Next(20) == 0 ? null : $"r{random.Next(6)}", $"2024-{random.Next(1, 13):00}-05T14:30:00Z")).ToArray();
        await WriteAsync(["region", "month(at)"], false, o => o with { MaxOpenFiles = 1000 }, rows);
        var expected = rows.GroupBy(r => $"region={r.Item2 ?? "__HIVE_DEFAULT_PARTITION__"}/at_month={r.Item3[..7]}").ToDictionary(g => g.Key, g => g.Select(r => r.Item1.ToString(CultureInfo.InvariantCulture)).ToArray());
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), Folders());
        Assert.All(expected, e => Assert.Equal(e.Value, Ids(e.Key)));
    }

    [Fact]
    public async Task No_memory_is_left_rented()
    {
        using var check = new LeakCheck();
        await WriteAsync(["region", "bucket(3, id)"], false, (1, "eu", "2024-03-05T14:30:00Z"), (2, "us", "2024-03-05T14:30:00Z"), (3, null, "2024-03-05T14:30:00Z"));
    }

    [Theory]
    [InlineData("nothing", "names no column 'nothing'")]
    [InlineData("regoin", "region")]
    [InlineData("yaer(at)", "year")]
    [InlineData("year(region)", "cannot be partitioned by year")]
    [InlineData("hour(on)", "cannot be partitioned by hour")]
    [InlineData("bucket(id)", "needs a number")]
    [InlineData("bucket(0, id)", "needs a number")]
    [InlineData("bucket(99999999999, id)", "needs a number")]
    [InlineData("year(3, at)", "takes a column only")]
    [InlineData("truncate(2, good)", "cannot be partitioned by truncate")]
    [InlineData("year(at) as id", "has the name of a column")]
    public async Task A_partition_that_cannot_be_is_refused_before_anything_is_written(string expression, string message)
    {
        var error = await Assert.ThrowsAsync<MillraceException>(() => WriteAsync([expression], false, (1, "eu", "2024-03-05T14:30:00Z")));
        Assert.Equal(FilesErrors.BadPartition, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(_harness.DataFiles("out"));
    }

    [Fact]
    public async Task A_value_too_long_for_a_folder_stops_the_run_before_the_commit()
    {
        var error = await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(["region"], false, (1, new string('x', 300), "2024-03-05T14:30:00Z")));
        Assert.Equal(FilesErrors.BadPartition, error.Code);
    }

    public void Dispose() => _harness.Dispose();

    private Task WriteAsync(string[] by, bool keep, params (long Id, string? Region, string At)[] rows) => WriteAsync(by, keep, o => o, rows);

    private async Task WriteAsync(string[] by, bool keep, Func<FilesTargetOptions, FilesTargetOptions> with, params (long Id, string? Region, string At)[] rows)
    {
        RecordBatch[] batches = [.. rows.Chunk(97).Select(Batch)];
        try
        {
            await _harness.WriteAsync("out/", _harness.Request(WriteMode.Overwrite, Wide), o => with(o) with { Partition = by, KeepPartitionColumns = keep }, batches);
        }
        finally
        {
            // The harness disposes those it came to.
            Array.Clear(batches);
        }
    }

    private static RecordBatch Batch((long Id, string? Region, string At)[] rows)
    {
        using var ids = new FixedBuilder<long>(DataType.Int64, rows.Length);
        using var regions = new BinaryBuilder(DataType.Utf8, rows.Length);
        using var times = new FixedBuilder<long>(Wide[2].Type, rows.Length);
        using var days = new FixedBuilder<int>(DataType.Date, rows.Length);
        using var good = new BooleanBuilder(rows.Length);
        foreach ((long id, string? region, string at) in rows)
        {
            DateTime time = DateTime.Parse(at, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
            ids.Append(id);
            times.Append((time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond);
            days.Append(DateOnly.FromDateTime(time).DayNumber - new DateOnly(1970, 1, 1).DayNumber);
            good.Append(true);
            if (region is null)
            {
                regions.AppendNull();
            }
            else
            {
                regions.Append(region);
            }
        }

        return new RecordBatch(Wide, rows.Length, ids.Build(), regions.Build(), times.Build(), days.Build(), good.Build());
    }

    private List<string> Folders()
        => [.. _harness.DataFiles("out").Select(f => Path.GetDirectoryName(f)![4..]).Distinct().Order(StringComparer.Ordinal)];

    private string Text(string folder) => string.Concat(_harness.DataFiles($"out/{folder}/").Select(f => File.ReadAllText(_harness.Folder[f])));

    private string[] Ids(string folder)
        => [.. _harness.DataFiles($"out/{folder}/").SelectMany(f => LinesFormat.RowsOf(_harness.Folder[f])).Select(r => r[(r.IndexOf(':', StringComparison.Ordinal) + 1)..r.IndexOf(',', StringComparison.Ordinal)])];

    private async Task<Dictionary<long, string?>> ReadRegionsAsync()
    {
        await using ISource source = new FilesConnector(LinesFormat.Registry).OpenSource(
            new FilesSourceOptions { Path = [_harness.Folder["out/"]] }, new ConnectorContext { Job = "read" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        var found = new Dictionary<long, string?>();
        await foreach (Split split in plan.SplitsAsync(default))
        {
            await using ISplitReader reader = await plan.OpenAsync(split, null, FailOnRowError.Instance, default);
            while (await reader.ReadAsync(default) is { } read)
            {
                using RecordBatch batch = read.Batch;
                for (int i = 0; i < batch.Length; i++)
                {
                    found.Add(((FixedColumn<long>)batch["id"]).Values[i], batch["region"].IsNull(i) ? null : ((BinaryColumn)batch["region"]).GetString(i));
                }
            }
        }

        return found;
    }
}
