using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

/// <summary>Progress of files that are gone, where the job lets it go.</summary>
public sealed class ForgottenFilesTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public async Task A_file_is_forgotten_when_it_is_gone_and_old_enough(int days, bool isForgotten)
        => Assert.Equal(isForgotten ? [Key("gone.csv")] : [], await ForgottenAsync(TimeSpan.FromDays(30), ("gone.csv", days, true)));

    [Fact]
    public async Task Files_that_are_there_stay_and_half_read_ones_that_are_gone_do_not()
        => Assert.Equal([Key("a.csv"), Key("b.csv")], await ForgottenAsync(TimeSpan.FromDays(1), ("here.csv", 100, true), ("a.csv", 100, false), ("b.csv", 100, true)));

    [Fact]
    public async Task Nothing_is_forgotten_unless_the_job_says_so()
        => Assert.Empty(await ForgottenAsync(null, ("gone.csv", 10_000, true)));

    [Fact]
    public async Task A_listing_without_files_forgets_nothing()
    {
        File.Delete(_folder.Write("here.csv", ""));
        Assert.Empty(await ForgottenAsync(TimeSpan.FromDays(1), isEmpty: true, ("gone.csv", 100, true)));
    }

    [Fact]
    public async Task One_stream_of_several_says_nothing_of_the_files_of_others()
    {
        _folder.Write("x/here.csv", "id\n1\n");
        Assert.Empty(await ForgottenAsync(TimeSpan.FromDays(1), false, _folder["x/"], ("y/gone.csv", 100, true)));
    }

    private string Key(string name) => _folder[name];

    private Task<IReadOnlyCollection<string>> ForgottenAsync(TimeSpan? after, params (string Name, int Days, bool Done)[] files) => ForgottenAsync(after, false, files);

    private Task<IReadOnlyCollection<string>> ForgottenAsync(TimeSpan? after, bool isEmpty, params (string Name, int Days, bool Done)[] files) => ForgottenAsync(after, isEmpty, null, files);

    // What a plan forgets of a job that has read some files, each last changed so many days ago.
    private async Task<IReadOnlyCollection<string>> ForgottenAsync(TimeSpan? after, bool isEmpty, string? stream, params (string Name, int Days, bool Done)[] files)
    {
        if (!isEmpty && stream is null)
        {
            _folder.Write("here.csv", "id\n1\n");
        }

        var options = new FilesSourceOptions { Path = stream is null ? [_folder.Path + "/"] : [stream, _folder["y/"]], ForgetAfter = after, OnChanged = ChangedFiles.Ignore };
        await using ISource source = new FilesConnector().OpenSource(options, new ConnectorContext { Job = "test", Time = _time });
        var since = new Checkpoint
        {
            Job = "test",
            Epoch = 1,
            CreatedAt = Noon,
            Splits = files.ToDictionary(f => Key(f.Name), f => new SplitProgress(new FileMark(7, _time.GetUtcNow().AddDays(-f.Days), null, 7, 0).ToPosition(), f.Done)),
        };
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Mode = ReadMode.Incremental, Since = since, Follows = isEmpty, Stream = stream }, default);
        return plan.Forgotten;
    }
}
