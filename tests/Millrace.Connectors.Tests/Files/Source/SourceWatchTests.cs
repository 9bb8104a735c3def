using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

/// <summary>When a source that is followed looks at its files, and when it knows that there is no need to.</summary>
public sealed partial class SourceWatchTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private Dictionary<string, SplitProgress> _progress = new(StringComparer.Ordinal);
    private ISource? _source;

    public async ValueTask DisposeAsync()
    {
        if (_source is { } source)
        {
            await source.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData("in/*.csv", "in/b.csv")]
    [InlineData("in/", "in/b.csv")]
    [InlineData("in/", "in/deep/below/b.csv")]
    [InlineData("in/*/*.csv", "in/day/b.csv")]
    [InlineData("in/a.csv", "in/a.csv")]
    public async Task A_new_file_is_noticed_at_once(string path, string name)
    {
        _folder.Write("in/a.csv", "id\n1\n");
        Open(path);
        await PlanAsync();

        Task changed = _source!.ChangedAsync(default).AsTask();
        File.AppendAllText(_folder.Write(name, "id\n1\n"), "2\n");
        await DriveAsync(changed);

        Assert.Contains("""{"id":2}""", await PlanAsync());
    }

    [Fact]
    public async Task What_changes_between_a_look_and_the_waiting_is_noticed()
    {
        Open("in/*.csv");
        _folder.Write("in/a.csv", "id\n1\n");
        await PlanAsync();
        _folder.Write("in/b.csv", "id\n2\n");

        await DriveAsync(_source!.ChangedAsync(default).AsTask());

        Assert.Equal(["""{"id":2}"""], await PlanAsync());
    }

    [Fact]
    public async Task A_quiet_folder_is_not_listed_before_a_minute_has_passed()
    {
        // Nobody tells the folder of what is written through another name of its file.
        string other = _folder.Write("out/a.csv", "id\n1\n");
        Link(other, "in/a.csv");
        Open("in/*.csv");
        Assert.Equal(["""{"id":1}"""], await PlanAsync());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(await PlanAsync());

        await WaitInVainAsync();
        File.AppendAllText(other, "2\n");
        Assert.Empty(await PlanAsync());

        _time.Advance(TimeSpan.FromSeconds(59));
        await WaitInVainAsync();
        Assert.Empty(await PlanAsync());

        _time.Advance(TimeSpan.FromSeconds(2));
        await WaitInVainAsync();
        Assert.Equal(["""{"id":2}"""], await PlanAsync());
    }

    [Fact]
    public async Task A_folder_with_links_is_listed_every_time()
    {
        string other = _folder.Write("out/a.csv", "id\n1\n");
        Directory.CreateDirectory(_folder["in"]);
        File.CreateSymbolicLink(_folder["in/a.csv"], other);
        Open("in/*.csv");
        Assert.Equal(["""{"id":1}"""], await PlanAsync());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(await PlanAsync());

        await WaitInVainAsync();
        File.AppendAllText(other, "2\n");

        Assert.Equal(["""{"id":2}"""], await PlanAsync());
    }

    [Fact]
    public async Task A_folder_that_was_replaced_is_listed_again()
    {
        _folder.Write("in/a.csv", "id\n1\n");
        Open("in/*.csv");
        await PlanAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(await PlanAsync());

        await WaitInVainAsync();
        Directory.Move(_folder["in"], _folder["away"]);
        _folder.Write("in/b.csv", "id\n2\n");
        Assert.Equal(["""{"id":2}"""], await PlanAsync());

        Task changed = _source!.ChangedAsync(default).AsTask();
        _folder.Write("in/c.csv", "id\n3\n");
        await DriveAsync(changed);
        Assert.Equal(["""{"id":3}"""], await PlanAsync());
    }

    [Fact]
    public async Task A_file_that_is_waited_for_is_looked_at_every_time()
    {
        _folder.Write("in/a.csv", "id\n1\n");
        string late = _folder.Write("in/b.json", "[");
        File.SetLastWriteTimeUtc(late, _time.GetUtcNow().UtcDateTime);
        Open("in/");
        await PlanAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(await PlanAsync());
        await WaitInVainAsync();
        _time.Advance(TimeSpan.FromSeconds(51));

        Assert.Equal("MR2107", (await Assert.ThrowsAsync<MillraceException>(PlanAsync)).Code.Id);
    }

    [Fact]
    public async Task A_folder_that_comes_later_is_found()
    {
        Open("in/*.csv");
        Assert.Empty(await PlanAsync());
        await WaitInVainAsync();
        _folder.Write("in/a.csv", "id\n1\n");

        Assert.Equal(["""{"id":1}"""], await PlanAsync());
    }

    private void Open(string path) => _source = new FilesConnector().OpenSource(new FilesSourceOptions { Path = [_folder[path]] }, new ConnectorContext { Job = "test", Time = _time });

    private async Task<IReadOnlyList<string>> PlanAsync()
    {
        var since = new Checkpoint { Job = "test", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch, Splits = _progress };
        await using IReadPlan plan = await _source!.PlanAsync(new ReadRequest { Mode = ReadMode.Incremental, Since = since, Follows = true }, default);
        var progress = new Dictionary<string, SplitProgress>(_progress, StringComparer.Ordinal);
        var rows = new List<string>();
        foreach (Split split in await PlanReading.SplitsAsync(plan))
        {
            rows.AddRange((await PlanReading.ReadAsync(plan, split)).SelectMany(b => b.Rows));
            progress[split.Key] = new SplitProgress(split.EndPosition, split.EndsKey);
        }

        _progress = progress;
        return rows;
    }

    // The time of a poll passes without a word from the source.
    private async Task WaitInVainAsync()
    {
        using var over = new CancellationTokenSource();
        Task changed = _source!.ChangedAsync(over.Token).AsTask();
        await over.CancelAsync();
        await changed;
    }

    // After a change it waits a moment for more of them.
    private async Task DriveAsync(Task changed)
    {
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!changed.IsCompleted && Environment.TickCount64 < end)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        Assert.True(changed.IsCompletedSuccessfully);
    }

    private void Link(string target, string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        Assert.Equal(0, HardLink(target, _folder[name]));
    }

    [System.Runtime.InteropServices.LibraryImport("libc", EntryPoint = "link", StringMarshalling = System.Runtime.InteropServices.StringMarshalling.Utf8)]
    private static partial int HardLink(string target, string name);
}
