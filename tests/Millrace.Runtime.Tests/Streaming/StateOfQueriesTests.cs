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
        Assert.True(harness.Target.Last.Epoch > 3 * SavedQuery.CommitsPerTidying);
        Assert.True(files.Length <= SavedQuery.CommitsPerTidying + OperatorStates.MaxChanges + 1, $"{files.Length} files");
    }

    [Fact]
    public async Task Files_that_commits_name_stay_however_old_they_are_and_others_go()
    {
        (string[] left, List<string> notes) = await TidyAsync(new StoredLog(["3-1,4-1", "40-1"]), 3, 4, 5, 40, 41, 60, 70);

        Assert.Equal(["3-1", "4-1", "40-1", "64-9", "70-1"], left);
        Assert.Empty(notes);
    }

    [Fact]
    public async Task Files_that_cannot_be_tidied_are_a_remark()
    {
        (string[] left, List<string> notes) = await TidyAsync(new StoredLog(null), 3, 4);

        Assert.Equal(["3-1", "4-1", "64-9"], left);
        Assert.EndsWith("could not be removed: the log is away", Assert.Single(notes), StringComparison.Ordinal);
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

    [Theory]
    [InlineData("WHERE id > 0", "WHERE id > 11")]
    [InlineData("WHERE id > 0", "")]
    [InlineData("", "WHERE id > 11")]
    public async Task Other_steps_before_a_stage_are_refused_unless_it_is_to_keep_what_it_has(string before, string after)
    {
        static string Text(string where) => $"SELECT k, count(*) AS n FROM (SELECT id % 2 AS k FROM s {where}) GROUP BY k";
        using RunnerHarness harness = Harness(Text(before), rows: 10, epochRows: 4);
        Assert.Null((await FollowAsync(harness)).Error);
        int commits = harness.Target.Commits.Count;
        harness.Shape = Shape(Text(after), 4);
        harness.Input.AddKey(4);

        RunSummary refused = await FollowAsync(harness);
        Assert.Equal(StreamingErrors.StateChanged, refused.Error?.Code);
        Assert.Contains("the steps before it are others (refused)", refused.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("state.on_change = 'keep'", refused.Error.Hint, StringComparison.Ordinal);
        Assert.Equal(commits, harness.Target.Commits.Count);

        harness.Shape = Shape(Text(after), 4, q => q with { OnChange = ChangedState.Keep });
        RunSummary kept = await FollowAsync(harness);
        Assert.Null(kept.Error);
        Assert.Contains(kept.Notes, n => n.Contains("is kept as it is, made of rows from before the change", StringComparison.Ordinal));
        IEnumerable<int> old = Enumerable.Range(0, 10).Where(i => before.Length == 0 || i > 0);
        int[] all = [.. old, .. Enumerable.Range(10, 4).Where(i => !after.EndsWith("11", StringComparison.Ordinal) || i > 11)];
        foreach (int k in new[] { 0, 1 })
        {
            string last = harness.Target.Rows.Last(r => r.Contains($"\"k\":{k},", StringComparison.Ordinal));
            Assert.EndsWith($"\"n\":{all.Count(i => i % 2 == k)}}}", last, StringComparison.Ordinal);
        }

        // What is saved now is that of the new query, so nothing is to be decided any more.
        harness.Shape = Shape(Text(after), 4);
        RunSummary again = await FollowAsync(harness);
        Assert.Null(again.Error);
        Assert.DoesNotContain(again.Notes, n => n.Contains("was changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rows_that_may_be_taken_back_cannot_go_on_under_another_condition()
    {
        static string Text(int least) => $"SELECT n, count(*) AS m FROM (SELECT id % 3 AS k, count(*) AS n FROM s GROUP BY id % 3) WHERE n > {least} GROUP BY n";
        using RunnerHarness harness = Harness(Text(1), rows: 10, epochRows: 4);
        Assert.Null((await FollowAsync(harness)).Error);
        harness.Shape = Shape(Text(2), 4, q => q with { OnChange = ChangedState.Keep });

        RunSummary second = await FollowAsync(harness);
        Assert.Equal(StreamingErrors.StateChanged, second.Error?.Code);
        Assert.Contains("-2 does not fit (refused)", second.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_steps_behind_all_stages_are_told_and_change_no_state()
    {
        using RunnerHarness harness = Harness(Counts, rows: 10, epochRows: 4);
        Assert.Null((await FollowAsync(harness)).Error);
        harness.Shape = Shape("SELECT k, n + 1 AS n FROM (" + Counts + ")", 4);
        harness.Input.AddKey(3);

        RunSummary second = await FollowAsync(harness);
        Assert.Null(second.Error);
        Assert.Contains(second.Notes, n => n.Contains("rows that were given stay as they are", StringComparison.Ordinal));
        Assert.Contains(harness.Target.Rows, r => r.EndsWith("\"k\":0,\"n\":6}", StringComparison.Ordinal));
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

    // What is left of files of some epochs behind the commit of epoch 64.
    private static async Task<(string[] Left, List<string> Notes)> TidyAsync(ICheckpointLog log, params long[] epochs)
    {
        using RunnerHarness harness = Harness(Counts, rows: 1, epochRows: 1);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        OperatorStates states = ObjectStateStore.Local(harness.Folder[".millrace/state"]).Operators(new JobId("default", "job"));
        foreach (long epoch in epochs)
        {
            await states.SaveAsync(new StateFileId(epoch, 1), new StateManifest([]), static _ => { }, cancellation);
        }

        var notes = new List<string>();
        Pipeline pipeline = harness.Pipeline(FaultPlan.None());
        await using var source = new StreamSource(pipeline.Query!, pipeline.Context(notes.Add));
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), cancellation);
        using var step = new QueryStep(source.Bound!, pipeline.Query!, pipeline);
        var saved = new SavedQuery(states, log);
        var last = new Checkpoint { Job = "job", Epoch = 2 * SavedQuery.CommitsPerTidying, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 9 };
        await saved.SaveAsync(step, last, cancellation);
        await saved.CommittedAsync(notes.Add, cancellation);
        return ([.. Files(harness).Order(StringComparer.Ordinal).Select(f => f.TrimStart('0')[..^".state".Length])], notes);
    }

    private sealed class StoredLog(string[]? states) : ICheckpointLog
    {
        public bool TakesBackRows => false;

        public ValueTask<IReadOnlyList<CommittedEpoch>> ListAsync(CancellationToken cancellation) => states is null
            ? throw new IOException("the log is away")
            : new([.. states.Select((s, i) => new CommittedEpoch(
                new Checkpoint { Job = "job", Epoch = i + 1, CreatedAt = DateTimeOffset.UnixEpoch, Notes = new Dictionary<string, string> { [CheckpointNotes.State] = s } }, "", 0, 0, []))]);

        public ValueTask AmendAsync(Checkpoint next, long keepThrough, CancellationToken cancellation) => throw new NotSupportedException();
    }

    private static string[] Files(RunnerHarness harness)
        => [.. Directory.GetFiles(harness.Folder[".millrace/state"], "*.state", SearchOption.AllDirectories).Select(f => Path.GetFileName(f))];
}
