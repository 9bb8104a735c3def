using Millrace.Runtime.Streaming;
using Millrace.Runtime.Tests.Epochs;
using Millrace.Sdk;
using Millrace.Sql.Streaming;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Streaming;

/// <summary>The state that queries leave beside their commits.</summary>
public sealed class StateOfQueriesTests
{
    private const string Counts = "SELECT id % 3 AS k, count(*) AS n FROM s GROUP BY id % 3";

    [Fact]
    public async Task Each_commit_names_its_own_state_and_older_files_go_away()
    {
        using RunnerHarness harness = Harness(Counts, rows: 400, epochRows: 2);
        RunSummary run = await harness.RunAsync();

        Assert.Null(run.Error);
        string[] chain = harness.Target.Last!.Notes[CheckpointNotes.State].Split(',');
        Assert.EndsWith($"{harness.Target.Last.Epoch}-{harness.Target.Last.FencingToken}", chain[^1], StringComparison.Ordinal);
        string[] files = Files(harness);
        Assert.All(chain, name => Assert.Contains(files, f => f.TrimStart('0') == name + ".state"));
        Assert.True(harness.Target.Last.Epoch > OperatorStates.KeptEpochs + OperatorStates.MaxChanges + 10);
        Assert.True(files.Length <= OperatorStates.KeptEpochs + OperatorStates.MaxChanges + 1, $"{files.Length} files");
    }

    [Fact]
    public async Task State_that_is_gone_ends_the_run_and_touches_nothing()
    {
        using RunnerHarness harness = Harness(Counts, rows: 10, epochRows: 100);
        Assert.Null((await FollowAsync(harness)).Error);
        int commits = harness.Target.Commits.Count;
        Directory.Delete(harness.Folder[".millrace/state"], recursive: true);
        harness.Input.AddKey(5);

        RunSummary second = await harness.RunAsync();
        Assert.Equal(StreamingErrors.StateMissing, second.Error?.Code);
        Assert.Contains("state reset", second.Error!.Hint, StringComparison.Ordinal);
        Assert.Equal(commits, harness.Target.Commits.Count);
    }

    [Fact]
    public async Task State_that_is_damaged_ends_the_run_and_touches_nothing()
    {
        using RunnerHarness harness = Harness(Counts, rows: 10, epochRows: 100);
        Assert.Null((await harness.RunAsync()).Error);
        int commits = harness.Target.Commits.Count;
        string file = Directory.GetFiles(harness.Folder[".millrace/state"], "*.state", SearchOption.AllDirectories).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 4;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        RunSummary second = await harness.RunAsync();
        Assert.Equal(StreamErrors.DamagedStateCode, second.Error?.Code);
        Assert.Equal(commits, harness.Target.Commits.Count);
    }

    [Fact]
    public async Task A_query_that_means_something_else_is_refused_before_anything_is_touched()
    {
        using RunnerHarness harness = Harness(Counts, rows: 10, epochRows: 4);
        Assert.Null((await FollowAsync(harness)).Error);
        int commits = harness.Target.Commits.Count;
        harness.Shape = Shape("SELECT id % 4 AS k, count(*) AS n FROM s GROUP BY id % 4", 4);

        RunSummary second = await harness.RunAsync();
        Assert.Equal(StreamingErrors.StateChanged, second.Error?.Code);
        Assert.Contains("-1 does not fit (refused)", second.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(commits, harness.Target.Commits.Count);
    }

    [Fact]
    public async Task A_query_that_means_something_else_begins_with_nothing_where_it_may()
    {
        using RunnerHarness harness = Harness(Counts, rows: 10, epochRows: 4);
        Assert.Null((await FollowAsync(harness)).Error);
        harness.Input.AddKey(4);
        harness.Shape = Shape("SELECT id % 2 AS k, count(*) AS n FROM s GROUP BY id % 2", 4, q => q with { OnChange = ChangedState.Rebuild });

        RunSummary second = await FollowAsync(harness);
        Assert.Null(second.Error);
        Assert.Contains(second.Notes, n => n.Contains("begins with nothing", StringComparison.Ordinal));
        Assert.Equal(["""{"_op":"U","k":0,"n":2}""", """{"_op":"U","k":1,"n":2}"""], harness.Target.Rows.TakeLast(2).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_job_of_the_same_name_with_another_target_is_told_apart()
    {
        using RunnerHarness harness = Harness(Counts, rows: 10, epochRows: 4);
        Assert.Null((await harness.RunAsync()).Error);
        string owner = Directory.GetFiles(harness.Folder[".millrace/state"], "target", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(owner, "/elsewhere/", TestContext.Current.CancellationToken);

        RunSummary second = await harness.RunAsync();
        Assert.Equal(StreamingErrors.OtherTarget, second.Error?.Code);
        Assert.Contains("/elsewhere/", second.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_whose_inputs_had_ended_takes_no_more_rows()
    {
        using RunnerHarness harness = Harness(Counts, rows: 10, epochRows: 4);
        Assert.Null((await harness.RunAsync()).Error);
        int commits = harness.Target.Commits.Count;
        Assert.Null((await harness.RunAsync()).Error);
        Assert.Equal(commits, harness.Target.Commits.Count);
        harness.Input.AddKey(1);

        MillraceException? error = (await harness.RunAsync()).Error;
        Assert.Equal(StreamingErrors.EndedCode, error?.Code);
        Assert.Contains("was drained", error!.Message, StringComparison.Ordinal);
    }

    private static RunnerHarness Harness(string text, int rows, int epochRows)
        => new(new ReplayInput(1) { MaxBatchRows = 2 }.AddKey(rows)) { Shape = Shape(text, epochRows) };

    private static Func<Pipeline, Pipeline> Shape(string text, int epochRows, Func<StreamingQuery, StreamingQuery>? query = null)
        => pipeline => StreamHarness.Query(pipeline with { Batch = new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = epochRows } }, text, query);

    // Stops when it has read all there is, with its inputs still open.
    private static async Task<RunSummary> FollowAsync(RunnerHarness harness)
    {
        using var stop = new CancellationTokenSource();
        harness.Input.OnIdle = async _ => await stop.CancelAsync();
        Func<Pipeline, Pipeline> shape = harness.Shape;
        harness.Shape = pipeline => shape(pipeline with { Follows = true });
        RunSummary summary = await harness.RunAsync(stop.Token);
        harness.Shape = shape;
        return summary;
    }

    private static string[] Files(RunnerHarness harness)
        => [.. Directory.GetFiles(harness.Folder[".millrace/state"], "*.state", SearchOption.AllDirectories).Select(f => Path.GetFileName(f))];
}
