using System.Text.Json.Nodes;
using Millrace.Connectors.Files;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Files;

/// <summary>Progress as it is listed and set from outside of a run.</summary>
public sealed class DatasetCommitsTests : IDisposable
{
    private readonly SinkHarness _harness = new();

    [Fact]
    public async Task Every_commit_is_listed_with_its_checkpoint_and_figures()
    {
        await CommitAsync(1, 3);
        IReadOnlyList<CommittedEpoch> epochs = await ListAsync();
        Assert.Equal([1, 2, 3], epochs.Select(e => e.Checkpoint.Epoch));
        Assert.Equal([10, 10, 10], epochs.Select(e => e.Rows));
        Assert.All(epochs, e => Assert.Equal("run1", e.Run));
        Assert.Equal(["out/part-run1-000002-0000.lines"], epochs[1].Objects);
        Assert.Equal(new FileInfo(_harness.Folder[epochs[1].Objects[0]]).Length, epochs[1].Bytes);
        Assert.Equal(2, (int)epochs[1].Checkpoint.Splits["a"].Position!.Value["at"]!);
        Assert.Equal(3, (int)epochs[2].Checkpoint.Splits["a"].Position!.Value["at"]!);
    }

    [Fact]
    public async Task A_job_that_never_committed_has_no_epochs() => Assert.Empty(await ListAsync());

    [Fact]
    public async Task Listing_works_while_a_run_writes_and_changes_nothing()
    {
        await CommitAsync(1, 2);
        await using ISink running = _harness.Open("out/");
        await running.RecoverAsync(default);
        await using ISinkWriter writer = await running.OpenWriterAsync(_harness.Request(), default);
        using RecordBatch batch = Batches.Range(900, 5);
        await writer.WriteAsync(batch, default);
        List<string> before = [.. _harness.Folder.Files()];
        Assert.Equal(2, (await ListAsync()).Count);
        Assert.Equal(before, _harness.Folder.Files());
        await writer.CommitAsync(Checkpoint(3), default);
        Assert.Equal(3, (await ListAsync()).Count);
    }

    [Fact]
    public async Task The_last_64_epochs_stay_listed_whatever_is_folded()
    {
        await CommitAsync(1, 333);
        IReadOnlyList<CommittedEpoch> epochs = await ListAsync();
        Assert.InRange(epochs.Count, CommitLog.KeptEpochs, 3 * CommitLog.KeptEpochs);
        Assert.Equal(Enumerable.Range(333 - epochs.Count + 1, epochs.Count), epochs.Select(e => (int)e.Checkpoint.Epoch));
        Assert.All(epochs, e => Assert.Equal(e.Checkpoint.Epoch, (int)e.Checkpoint.Splits["a"].Position!.Value["at"]!));
    }

    [Fact]
    public async Task A_rewind_takes_back_the_rows_of_later_epochs_and_they_are_listed_no_more()
    {
        await CommitAsync(1, 5);
        await AmendAsync(Checkpoint(6, 3), keepThrough: 3);
        Assert.Equal(Rows(0, 30), _harness.RowsOf("out"));
        Assert.Equal([1, 2, 3, 6], (await ListAsync()).Select(e => e.Checkpoint.Epoch));
        await using (ISink sink = _harness.Open("out/"))
        {
            Checkpoint? last = await sink.RecoverAsync(default);
            Assert.Equal(6, last!.Epoch);
            Assert.Equal(3, (int)last.Splits["a"].Position!.Value["at"]!);
        }

        await CommitAsync(7, 8);
        await AmendAsync(Checkpoint(9, 7), keepThrough: 7);
        Assert.Equal([.. Rows(0, 30), .. Rows(60, 10)], _harness.RowsOf("out"));
        Assert.Equal([1, 2, 3, 6, 7, 9], (await ListAsync()).Select(e => e.Checkpoint.Epoch));
    }

    [Fact]
    public async Task A_change_of_progress_alone_keeps_all_rows()
    {
        await CommitAsync(1, 3);
        await AmendAsync(Checkpoint(4, 1), long.MaxValue);
        Assert.Equal(Rows(0, 30), _harness.RowsOf("out"));
        Assert.Equal([1, 2, 3, 4], (await ListAsync()).Select(e => e.Checkpoint.Epoch));
    }

    [Fact]
    public async Task Taking_back_everything_leaves_the_files_of_other_jobs_and_of_others()
    {
        await CommitAsync(1, 3);
        await using (ISink other = _harness.Open("out/", job: "other"))
        {
            await WriteAsync(other, 7, 8);
        }

        _harness.Folder.Write("out/theirs.lines", "{\"id\":1,\"name\":\"theirs\"}\n");
        List<string> kept = [.. _harness.DataFiles("out").Where(f => !f.Contains("run1", StringComparison.Ordinal))];
        Assert.Equal(3, kept.Count);
        await AmendAsync(Checkpoint(4, 0), keepThrough: 0);
        Assert.Equal(kept, _harness.DataFiles("out"));
        Assert.Equal([4], (await ListAsync()).Select(e => e.Checkpoint.Epoch));
        await using ISink again = _harness.Open("out/", job: "other");
        Assert.Equal([7, 8], (await again.Commits!.ListAsync(default)).Select(e => e.Checkpoint.Epoch));
    }

    [Fact]
    public async Task Taking_back_everything_finds_the_files_of_folded_records()
    {
        await CommitAsync(1, 200);
        await AmendAsync(Checkpoint(201, 0), keepThrough: 0);
        Assert.Empty(_harness.DataFiles("out"));
    }

    [Fact]
    public async Task An_overwriting_epoch_bounds_how_far_back_one_can_go()
    {
        await CommitAsync(1, 2);
        await using (ISink sink = _harness.Open("out/"))
        {
            await WriteAsync(sink, 3, 4, WriteMode.Overwrite);
        }

        Assert.Equal([3, 4], (await ListAsync()).Select(e => e.Checkpoint.Epoch));
        var error = await Assert.ThrowsAsync<MillraceException>(() => AmendAsync(Checkpoint(5, 2), keepThrough: 2));
        Assert.Equal(FilesErrors.CannotGoBack, error.Code);
        Assert.Contains("Epoch 3", error.Message, StringComparison.Ordinal);
        await AmendAsync(Checkpoint(5, 3), keepThrough: 3);
        Assert.Equal(Rows(20, 10), _harness.RowsOf("out"));
    }

    [Fact]
    public async Task An_epoch_that_is_not_known_any_more_is_refused()
    {
        await CommitAsync(1, 5);
        await AmendAsync(Checkpoint(6, 2), keepThrough: 2);
        var error = await Assert.ThrowsAsync<MillraceException>(() => AmendAsync(Checkpoint(7, 4), keepThrough: 4));
        Assert.Equal(FilesErrors.CannotGoBack, error.Code);
    }

    [Fact]
    public async Task A_change_that_was_made_from_an_older_look_is_refused()
    {
        await CommitAsync(1, 3);
        var error = await Assert.ThrowsAsync<MillraceException>(() => AmendAsync(Checkpoint(3, 1), keepThrough: 1));
        Assert.Equal(FilesErrors.MovedOn, error.Code);
        Assert.Equal(Rows(0, 30), _harness.RowsOf("out"));
    }

    [Fact]
    public async Task A_run_that_holds_the_dataset_keeps_changes_out()
    {
        await CommitAsync(1, 1);
        await using ISink running = _harness.Open("out/");
        await running.RecoverAsync(default);
        var error = await Assert.ThrowsAsync<MillraceException>(() => AmendAsync(Checkpoint(2, 0), keepThrough: 0));
        Assert.Equal(FilesErrors.Locked, error.Code);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 5)]
    [InlineData(5, 5)]
    [InlineData(2, 40)]
    public async Task A_job_with_a_damaged_log_can_be_reset_and_keeps_its_rows(int damaged, int epochs)
    {
        await CommitAsync(1, epochs);
        string record = _harness.Folder[$"out/_millrace/orders/log/{damaged:D12}.json"];
        File.WriteAllText(record, File.ReadAllText(record)[..^9]);
        Assert.Equal(FilesErrors.DamagedRecord, (await Assert.ThrowsAsync<MillraceException>(ListAsync)).Code);

        // Whoever resets a job cannot know how far its damaged records had come.
        await AmendAsync(new Checkpoint { Job = "orders", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch }, long.MaxValue);
        Assert.Equal(Rows(0, epochs * 10), _harness.RowsOf("out"));
        Assert.Equal([epochs + 1L], (await ListAsync()).Select(e => e.Checkpoint.Epoch));
        await CommitAsync(epochs + 2, epochs + 3);
        Assert.Equal([epochs + 1L, epochs + 2L, epochs + 3L], (await ListAsync()).Select(e => e.Checkpoint.Epoch));

        // What the damaged record named belongs to nobody now, and an overwrite does not remove it.
        await using ISink sink = _harness.Open("out/");
        var error = await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(sink, epochs + 4, epochs + 4, WriteMode.Overwrite));
        Assert.Equal(FilesErrors.ForeignFiles, error.Code);
        Assert.Contains($"{damaged:D6}-0000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    public async Task A_rewind_that_dies_at_any_step_is_done_wholly_or_not_at_all(long keepThrough)
    {
        for (int step = 0, steps = 1; step < steps; step++)
        {
            using var harness = new SinkHarness();
            await using (ISink sink = harness.Open("out/"))
            {
                await WriteAsync(harness, sink, 1, 5, WriteMode.Append);
            }

            FaultPlan plan = FaultPlan.CrashAt(step);
            harness.Wrap = store => new FaultyStore(store, plan);
            try
            {
                await using ISink sink = harness.Open("out/");
                await sink.Commits!.AmendAsync(Checkpoint(6, (int)keepThrough), keepThrough, default);
            }
            catch (CrashException)
            {
                steps = step + 2;
            }

            harness.Wrap = store => store;
            for (int again = 0; again < 2; again++)
            {
                await using ISink sink = harness.Open("out/");
                bool isDone = (await sink.RecoverAsync(default))!.Epoch == 6;
                Assert.Equal(Rows(0, isDone ? 10 * (int)keepThrough : 50), harness.RowsOf("out"));
                Assert.Equal(isDone ? [.. Enumerable.Range(1, (int)keepThrough), 6] : [1, 2, 3, 4, 5], (await sink.Commits!.ListAsync(default)).Select(e => (int)e.Checkpoint.Epoch));
            }

            Assert.True(step < 500);
        }
    }

    [Fact]
    public async Task A_log_with_a_record_missing_in_the_middle_is_damaged()
    {
        await CommitAsync(1, 5);
        File.Delete(_harness.Folder["out/_millrace/orders/log/000000000003.json"]);
        Assert.Equal(FilesErrors.DamagedRecord, (await Assert.ThrowsAsync<MillraceException>(ListAsync)).Code);
        await using ISink sink = _harness.Open("out/");
        Assert.Equal(FilesErrors.DamagedRecord, (await Assert.ThrowsAsync<MillraceException>(async () => await sink.RecoverAsync(default))).Code);
    }

    // Progress of random jobs, whose files come, move and go, is read back as it was committed.
    [Fact]
    public async Task Progress_that_is_stored_as_changes_comes_back_whole()
    {
        var random = new Random(5);
        var splits = new Dictionary<string, SplitProgress>();
        var committed = new List<Checkpoint>();
        await using (ISink sink = _harness.Open("out/"))
        {
            await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(), default);
            for (int epoch = 1; epoch <= 100; epoch++)
            {
                for (int i = random.Next(4); i > 0; i--)
                {
                    string key = $"f{random.Next(30)}";
                    if (random.Next(5) == 0)
                    {
                        splits.Remove(key);
                    }
                    else
                    {
                        splits[key] = new SplitProgress(random.Next(6) == 0 ? null : new Position(new JsonObject { ["at"] = random.Next(9) }), random.Next(2) == 0);
                    }
                }

                committed.Add(Checkpoint(epoch) with { Splits = new Dictionary<string, SplitProgress>(splits), Watermark = random.Next(2) == 0 ? null : DateTimeOffset.UnixEpoch.AddDays(epoch) });
                await writer.CommitAsync(committed[^1], default);
            }
        }

        IReadOnlyList<CommittedEpoch> listed = await ListAsync();
        Assert.Equal(committed.Select(c => c.ToJson().ToJsonString()), listed.Select(e => e.Checkpoint.ToJson().ToJsonString()));
        await using ISink again = _harness.Open("out/");
        Assert.Equal(committed[^1].ToJson().ToJsonString(), (await again.RecoverAsync(default))!.ToJson().ToJsonString());
    }

    public void Dispose() => _harness.Dispose();

    private async Task CommitAsync(int first, int last)
    {
        await using ISink sink = _harness.Open("out/");
        await WriteAsync(sink, first, last);
    }

    private Task WriteAsync(ISink sink, int first, int last, WriteMode mode = WriteMode.Append) => WriteAsync(_harness, sink, first, last, mode);

    private static async Task WriteAsync(SinkHarness harness, ISink sink, int first, int last, WriteMode mode)
    {
        await sink.RecoverAsync(default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(harness.Request(mode), default);
        for (int epoch = first; epoch <= last; epoch++)
        {
            using RecordBatch batch = Batches.Range((epoch - 1) * 10, 10);
            await writer.WriteAsync(batch, default);
            await writer.CommitAsync(Checkpoint(epoch), default);
        }
    }

    private async Task<IReadOnlyList<CommittedEpoch>> ListAsync()
    {
        await using ISink sink = _harness.Open("out/");
        return await sink.Commits!.ListAsync(default);
    }

    private async Task AmendAsync(Checkpoint next, long keepThrough)
    {
        await using ISink sink = _harness.Open("out/");
        await sink.Commits!.AmendAsync(next, keepThrough, default);
    }

    private static Checkpoint Checkpoint(int epoch, int? at = null) => SinkHarness.Checkpoint(epoch) with
    {
        FencingToken = 1000 + (10 * epoch),
        Splits = new Dictionary<string, SplitProgress>
        {
            ["a"] = new(new Position(new JsonObject { ["at"] = at ?? epoch }), false),
            ["still"] = new(null, true),
        },
    };

    private static List<string> Rows(int from, int count) => [.. Enumerable.Range(from, count).Select(i => Batches.Json(i, $"row {i}"))];
}
