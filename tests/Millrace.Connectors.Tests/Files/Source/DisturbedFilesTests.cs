using System.Globalization;
using Millrace.Connectors.Files;
using Millrace.Runtime;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Files;

/// <summary>Files that go, shrink or are replaced between a plan and its reading.</summary>
public sealed class DisturbedFilesTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MemoryTarget _target = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1, 1 << 20)]
    [InlineData(3, 1 << 20)]
    [InlineData(3, 1000)]
    public async Task A_run_that_follows_goes_on_without_a_file_that_has_gone(int threads, int rows)
    {
        Write("a.csv", 1, 10);
        Write("b.csv", 11, rows == 1000 ? 600_000 : 20);
        Write("c.csv", 700_000, 700_010);
        RunSummary summary = await FollowAsync(plan =>
        {
            if (plan == 1)
            {
                File.Delete(_folder["b.csv"]);
                Write("d.csv", 800_000, 800_001);
            }

            StopWhen(Ids().Contains(800_000));
        }, threads);

        Assert.Null(summary.Error?.Describe());
        Assert.Equal([.. Range(1, 10), .. Range(700_000, 700_010), .. Range(800_000, 800_001)], Ids());
        Assert.DoesNotContain(_target.Last!.Splits, s => s.Key.EndsWith("b.csv", StringComparison.Ordinal));
        Assert.Contains(summary.Notes, n => n.StartsWith("input went or changed before it was read 1 time, and was left to the next look: MR3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_has_gone_and_comes_back_is_read()
    {
        Write("a.csv", 1, 10);
        byte[] content = File.ReadAllBytes(_folder["a.csv"]);
        DateTime written = File.GetLastWriteTimeUtc(_folder["a.csv"]);
        RunSummary summary = await FollowAsync(plan =>
        {
            if (plan == 1)
            {
                File.Delete(_folder["a.csv"]);
            }
            else if (plan == 2)
            {
                File.WriteAllBytes(_folder["a.csv"], content);
                File.SetLastWriteTimeUtc(_folder["a.csv"], written);
            }

            StopWhen(Ids().Count > 0);
        });

        Assert.Null(summary.Error?.Describe());
        Assert.Equal(Range(1, 10), Ids());
    }

    [Fact]
    public async Task A_bounded_run_says_which_file_has_gone()
    {
        Write("a.csv", 1, 10);
        Write("b.csv", 1, 10);
        RunSummary summary = await new PipelineRunner(Job(_ => File.Delete(_folder["b.csv"])) with { Batch = new BatchSpec { Strategy = BatchStrategy.TimeWindow, Window = TimeSpan.FromHours(1) } }).RunAsync(default);

        Assert.Equal((StorageErrors.NotFound, _folder["b.csv"]), (summary.Error?.Code, summary.Error?.Place?.File));
        Assert.Empty(_target.Rows);
    }

    [Theory]
    [InlineData(false, 5)]
    [InlineData(true, 5)]
    [InlineData(false, 400)]
    [InlineData(true, 400)]
    public async Task A_file_that_was_replaced_before_it_was_read_is_read_as_it_is_then(bool inPlace, int rows)
    {
        Write("a.csv", 1, 10);
        RunSummary summary = await FollowAsync(plan =>
        {
            if (plan == 1)
            {
                Replace("a.csv", inPlace, 501, 500 + rows);
            }

            StopWhen(Ids().Contains(500 + rows));
        });

        Assert.Null(summary.Error?.Describe());
        Assert.Equal(Range(501, 500 + rows), Ids());
    }

    [Fact]
    public async Task A_bounded_run_does_not_take_the_rows_of_another_file_for_those_it_planned()
    {
        Write("a.csv", 1, 10);
        RunSummary summary = await new PipelineRunner(Job(_ => Replace("a.csv", false, 501, 900))).RunAsync(default);

        Assert.Equal(FilesErrors.FileChangedInRun, summary.Error?.Code);
        Assert.Empty(_target.Rows);
    }

    [Theory]
    [InlineData(ChangedFiles.Reread, 1)]
    [InlineData(ChangedFiles.Ignore, 0)]
    [InlineData(ChangedFiles.Error, 0)]
    public async Task A_file_that_is_truncated_while_it_is_read_is_broken_off_and_then_what_the_job_says_holds(ChangedFiles onChanged, int newRows)
    {
        const int rows = 200_000;
        Write("a.csv", 1, rows);
        bool isCut = false;
        _target.OnStep = (_, _, _) =>
        {
            // What was decoded is committed; the reader is far from the end.
            if (!isCut)
            {
                isCut = true;
                Replace("a.csv", inPlace: true, 900_000, 900_000);
            }

            return ValueTask.CompletedTask;
        };
        int afterCut = 0;
        RunSummary summary = await FollowAsync(_ => StopWhen(isCut && ++afterCut > 4), options: o => o with { OnChanged = onChanged });

        Assert.Equal(onChanged == ChangedFiles.Error ? FilesErrors.FileChanged : null, summary.Error?.Code);
        Assert.Equal(newRows, Ids().Count(i => i == 900_000));
        List<long> old = [.. Ids().Where(i => i != 900_000)];
        Assert.InRange(old.Count, 1, rows - 1);
        Assert.Equal(Range(1, old.Count), old);
    }

    [Fact]
    public async Task A_followed_folder_may_hold_any_number_of_files_of_which_a_plan_takes_some()
    {
        for (int i = 100; i < 125; i++)
        {
            Write($"{i}.csv", i, i);
        }

        // The poll never comes: what is left is gone on with at once.
        var plans = new List<int>();
        _target.OnStep = (_, _, _) =>
        {
            StopWhen(Ids().Count == 24);
            return ValueTask.CompletedTask;
        };
        RunSummary summary = await FollowAsync(_ => plans.Add(Ids().Count), options: o => o with { MaxFiles = 10 }, poll: TimeSpan.FromDays(1), batch: BatchStrategy.LowLatency);

        Assert.Null(summary.Error?.Describe());
        Assert.Equal(Range(100, 124), Ids());
        Assert.Equal([0, 10, 20], plans);
    }

    [Fact]
    public async Task A_bounded_run_still_guards_against_a_pattern_that_is_too_wide()
    {
        Write("a.csv", 1, 1);
        Write("b.csv", 1, 1);
        RunSummary summary = await new PipelineRunner(Job(_ => { }, options: o => o with { MaxFiles = 1 })).RunAsync(default);

        Assert.Equal(FilesErrors.TooManyFiles, summary.Error?.Code);
    }

    private void Write(string name, long first, long last)
        => _folder.Write(name, "id\n" + string.Concat(Range(first, last).Select(i => i.ToString(CultureInfo.InvariantCulture) + "\n")));

    private void Replace(string name, bool inPlace, long first, long last)
    {
        if (inPlace)
        {
            Write(name, first, last);
            return;
        }

        Write("part", first, last);
        File.Move(_folder["part"], _folder[name], overwrite: true);
    }

    private void StopWhen(bool isEnough)
    {
        if (isEnough)
        {
            _stop.Cancel();
        }
    }

    // Every plan is disturbed before it is read; the run ends when it is told to.
    private async Task<RunSummary> FollowAsync(Action<int> disturb, int threads = 1, Func<FilesSourceOptions, FilesSourceOptions>? options = null, TimeSpan? poll = null, BatchStrategy batch = BatchStrategy.TimeWindow)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using CancellationTokenRegistration end = patience.Token.Register(_stop.Cancel);
        return await new PipelineRunner(Job(disturb, options, batch) with { Follows = true, Threads = threads, Poll = poll ?? TimeSpan.FromMilliseconds(20) }).RunAsync(_stop.Token);
    }

    private Pipeline Job(Action<int> disturb, Func<FilesSourceOptions, FilesSourceOptions>? options = null, BatchStrategy batch = BatchStrategy.TimeWindow)
    {
        var plain = new FilesSourceOptions { Path = [_folder["*.csv"]] };
        return new Pipeline
        {
            Job = "job",
            BaseDirectory = _folder.Path,
            Source = new Endpoint("files", new DisturbedConnector(disturb), options?.Invoke(plain) ?? plain),
            Sink = MemoryConnector.Endpoint(_target, FaultPlan.None()),
            ReadMode = ReadMode.Incremental,
            Threads = 1,
            Batch = new BatchSpec { Strategy = batch, Window = TimeSpan.FromMilliseconds(1) },
        };
    }

    private static List<long> Range(long first, long last)
    {
        var all = new List<long>();
        for (long i = first; i <= last; i++)
        {
            all.Add(i);
        }

        return all;
    }

    private List<long> Ids() => [.. _target.Rows.Select(r => long.Parse(r.AsSpan(r.IndexOf(':', StringComparison.Ordinal) + 1).TrimEnd('}'), CultureInfo.InvariantCulture))];
}
