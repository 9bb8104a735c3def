using Millrace.Connectors.Files;
using Millrace.Formats;
using Millrace.Formats.Avro;
using Millrace.Formats.Compression;
using Millrace.Formats.Csv;
using Millrace.Formats.Json;
using Millrace.Formats.Parquet;

namespace Millrace.Connectors.Tests.Files;

/// <summary>A folder that is followed while somebody copies files into it, half of each first.</summary>
public sealed class ArrivingFilesTests : IAsyncDisposable
{
    private static readonly string[] Names = ["a.csv.gz", "a.jsonl.zst", "a.parquet", "a.avro", "a.json"];

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly ManualTime _time = new();
    private readonly List<string> _notes = [];
    private Dictionary<string, SplitProgress> _progress = new(StringComparer.Ordinal);
    private ISource? _source;

    public static TheoryData<string> Kinds => [.. Names];

    public async ValueTask DisposeAsync()
    {
        if (_source is { } source)
        {
            await source.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_file_is_read_once_when_it_is_whole_and_others_do_not_wait_for_it(string name)
    {
        byte[] whole = await FileAsync(name);
        Write(name, whole[..(whole.Length / 3)]);
        Write("lines.csv", "id,name\n7,seven\n"u8);
        Assert.Equal([Row(7, "seven")], await PlanAsync());

        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(50));
            Write(name, whole[..(whole.Length / 2 + i)]);
            Assert.Empty(await PlanAsync());
            Assert.Empty(await PlanAsync());
            Assert.Empty(await PlanAsync());
        }

        Assert.Contains(_notes, n => n.Contains($"{name} is not whole and is waited for", StringComparison.Ordinal));
        Write(name, whole);
        Assert.Empty(await PlanAsync());
        Assert.Equal(Rows, await PlanAsync());
        Assert.Empty(await PlanAsync());
    }

    [Theory]
    [InlineData("a.csv.gz", "MR2405")]
    [InlineData("a.jsonl.zst", "MR2405")]
    [InlineData("a.parquet", "MR2201")]
    [InlineData("a.avro", "MR2306")]
    [InlineData("a.json", "MR2107")]
    public async Task A_file_that_stays_unfinished_is_an_error_after_a_while(string name, string code)
    {
        byte[] whole = await FileAsync(name);
        Write(name, whole[..(whole.Length - 20)]);
        for (int second = 0; second < 60; second += 10)
        {
            Assert.Empty(await PlanAsync());
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        var error = await Assert.ThrowsAsync<MillraceException>(PlanAsync);
        Assert.Equal(code, error.Code.Id);
        Assert.EndsWith(name, error.Place?.File, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_file_that_was_there_for_long_is_read_at_once(string name)
    {
        Write(name, await FileAsync(name));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Rows, await PlanAsync());
    }

    [Fact]
    public async Task Without_a_time_to_settle_files_are_taken_as_they_are()
    {
        Open(o => o with { SettleTime = TimeSpan.Zero });
        byte[] whole = await FileAsync("a.parquet");
        Write("a.parquet", whole[..^1]);
        Assert.Equal("MR2201", (await Assert.ThrowsAsync<MillraceException>(PlanAsync)).Code.Id);
    }

    [Theory]
    [InlineData("a.parquet")]
    [InlineData("a.csv.gz")]
    [InlineData("a.avro")]
    public async Task A_file_without_bytes_yet_waits_too(string name)
    {
        Write(name, []);
        Assert.Empty(await PlanAsync());
        Assert.Empty(await PlanAsync());
        Write(name, await FileAsync(name));
        Assert.Empty(await PlanAsync());
        Assert.Equal(Rows, await PlanAsync());
    }

    [Fact]
    public async Task A_file_that_goes_away_while_it_is_waited_for_leaves_nothing_behind()
    {
        byte[] whole = await FileAsync("a.parquet");
        Write("a.parquet", whole[..100]);
        Assert.Empty(await PlanAsync());
        File.Delete(_folder["a.parquet"]);
        Assert.Empty(await PlanAsync());
        _time.Advance(TimeSpan.FromSeconds(59));
        Write("a.parquet", whole[..100]);
        Assert.Empty(await PlanAsync());
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(await PlanAsync());
    }

    [Fact]
    public async Task A_look_without_news_opens_no_file_again()
    {
        byte[] whole = await FileAsync("a.parquet");
        Write("a.parquet", whole);
        Assert.Empty(await PlanAsync());
        Assert.Equal(Rows, await PlanAsync());
        Assert.Empty(await PlanAsync());

        // Nobody can see this change without reading, and whoever read would call it no Parquet file.
        Write("a.parquet", new byte[whole.Length]);
        Assert.Empty(await PlanAsync());
        Assert.Empty(await PlanAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_beginning_of_a_file_is_known_to_be_no_more_than_that(string name)
    {
        byte[] whole = await FileAsync(name);
        FileFormat format = FormatOf(name);
        int unknown = 0;
        for (int length = 1; length < whole.Length; length++)
        {
            try
            {
                await CheckEndAsync(name, format, whole[..length]);
                unknown++;
            }
            catch (MillraceException e)
            {
                Assert.NotEqual(ErrorDomain.Internal, e.Code.Domain);
            }
        }

        await CheckEndAsync(name, format, whole);

        // An Avro file may end behind its header, a document without its last line break; before its magic number nothing looks compressed.
        Assert.InRange(unknown, 0, name switch { "a.avro" or "a.json" => 1, "a.parquet" => 0, _ => 3 });
    }

    private static IReadOnlyList<string> Rows => [.. Enumerable.Range(1, 40).Select(i => Row(i, $"row {i}"))];

    private void Open(Func<FilesSourceOptions, FilesSourceOptions> change)
        => _source ??= new FilesConnector().OpenSource(change(new FilesSourceOptions { Path = [_folder.Path + "/"] }), new ConnectorContext { Job = "test", Note = _notes.Add, Time = _time });

    // The rows of one look of a run that follows, whose progress is kept.
    private async Task<IReadOnlyList<string>> PlanAsync()
    {
        Open(o => o);
        var since = new Checkpoint { Job = "test", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch, Splits = _progress };
        await using IReadPlan plan = await _source!.PlanAsync(new ReadRequest { Mode = ReadMode.Incremental, Since = since, Follows = true }, default);
        var progress = new Dictionary<string, SplitProgress>(_progress, StringComparer.Ordinal);
        var rows = new List<string>();
        foreach (Split split in await PlanReading.SplitsAsync(plan))
        {
            rows.AddRange((await PlanReading.ReadAsync(plan, split)).SelectMany(b => b.Rows));
            progress[split.Key] = new SplitProgress(split.EndPosition is null ? null : PlanReading.Stored(split.EndPosition), split.EndsKey);
        }

        _progress = progress;
        return rows;
    }

    private void Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(_folder[name], bytes);
        File.SetLastWriteTimeUtc(_folder[name], _time.GetUtcNow().UtcDateTime);
    }

    private static async Task CheckEndAsync(string name, FileFormat format, byte[] bytes)
    {
        FileCodec codec = FileCodecs.Detect(name, bytes);
        if (codec == FileCodec.None)
        {
            await format.CheckEndAsync(new MemoryByteSource(bytes, name), OptionsOf(name), default);
            return;
        }

        await using Stream stream = FileCodecs.OpenRead(new MemoryStream(bytes), codec, name);
        await stream.CopyToAsync(Stream.Null);
    }

    private static async Task<byte[]> FileAsync(string name)
    {
        FileFormat format = FormatOf(name);
        var stream = new MemoryStream();
        FileCodec codec = FileCodecs.Detect(name, []);
        await using (Stream compressed = FileCodecs.OpenWrite(stream, codec))
        {
            var target = new StreamByteTarget(compressed, name);
            await using IBatchWriter writer = format.OpenWriter(target, Batches.Schema, OptionsOf(name));
            using RecordBatch rows = Batches.Range(1, 40);
            await writer.WriteAsync(rows, default);
            await writer.FinishAsync(default);
        }

        return stream.ToArray();
    }

    private static FormatOptions OptionsOf(string name) => name switch
    {
        "a.csv.gz" => new CsvOptions { Compression = "none" },
        "a.jsonl.zst" => new JsonOptions { Compression = "none" },
        "a.json" => new JsonOptions { Layout = JsonLayout.Array },
        "a.avro" => new AvroOptions(),
        _ => new ParquetOptions(),
    };

    private static FileFormat FormatOf(string name) => name switch
    {
        "a.csv.gz" => new CsvFormat(),
        "a.parquet" => new ParquetFormat(),
        "a.avro" => new AvroFormat(),
        _ => new JsonFormat(),
    };

    private static string Row(long id, string name) => $"{{\"id\":{id},\"name\":\"{name}\"}}";
}
