using Millrace.Connectors.Common;
using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

public sealed class DatasetSinkTests : IDisposable
{
    private readonly SinkHarness _harness = new();

    private TempFolder Folder => _harness.Folder;

    [Fact]
    public async Task Rows_are_seen_only_after_the_commit_and_with_them_the_checkpoint()
    {
        await using (ISink sink = _harness.Open("out/"))
        {
            Assert.Null(await sink.RecoverAsync(default));
            await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(), default);
            await Write(writer, 0, 50);
            Assert.Empty(_harness.DataFiles("out"));
            CommitSummary summary = await writer.CommitAsync(SinkHarness.Checkpoint(1), default);
            Assert.Equal(50, summary.Rows);
            Assert.Equal(["out/part-run1-000001-0000.lines"], _harness.DataFiles("out"));
            await Write(writer, 50, 10);
            Assert.Equal(Rows(0, 50), _harness.RowsOf("out"));
            await writer.CommitAsync(SinkHarness.Checkpoint(2), default);
            await Write(writer, 60, 10);
        }

        Assert.Equal(Rows(0, 60), _harness.RowsOf("out"));
        await using ISink again = _harness.Open("out/");
        Assert.Equal(2, (await again.RecoverAsync(default))!.Epoch);
    }

    [Fact]
    public async Task Readers_that_skip_hidden_folders_see_data_only()
    {
        await _harness.WriteAsync("out/", _harness.Request(), null, Batches.Range(0, 1));
        Assert.All(Folder.Files().Except(_harness.DataFiles("out")), f => Assert.StartsWith("out/_millrace/", f, StringComparison.Ordinal));
        Assert.DoesNotContain(Folder.Files(), f => f.Contains("staged", StringComparison.Ordinal) || f.Contains("lock", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_epoch_without_rows_moves_the_checkpoint()
    {
        await _harness.WriteAsync("out/", _harness.Request(), null);
        await using ISink sink = _harness.Open("out/");
        Assert.Equal(1, (await sink.RecoverAsync(default))!.Epoch);
        Assert.Empty(_harness.DataFiles("out"));
    }

    [Fact]
    public async Task After_an_abort_the_writer_goes_on_with_the_next_rows()
    {
        await using (ISink sink = _harness.Open("out/", o => o with { MaxFileRows = 3 }))
        {
            await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(), default);
            await Write(writer, 0, 10);
            await writer.AbortAsync(default);
            await Write(writer, 100, 4);
            await writer.CommitAsync(SinkHarness.Checkpoint(1), default);
        }

        Assert.Equal(Rows(100, 4), _harness.RowsOf("out"));
    }

    [Fact]
    public async Task Files_are_closed_at_the_most_rows()
    {
        await _harness.WriteAsync("out/", _harness.Request(), o => o with { MaxFileRows = 7 }, Batches.Range(0, 10), Batches.Range(10, 10));
        Assert.Equal([7, 7, 6], _harness.DataFiles("out").Select(f => LinesFormat.RowsOf(Folder[f]).Count));
        Assert.Equal(Rows(0, 20), _harness.RowsOf("out"));
    }

    [Fact]
    public async Task Files_are_closed_at_about_the_most_bytes()
    {
        RecordBatch[] batches = [.. Enumerable.Range(0, 40).Select(i => Batches.Range(i * 10, 10))];
        await _harness.WriteAsync("out/", _harness.Request(), o => o with { MaxFileBytes = new ByteSize(2000) }, batches);
        Assert.All(_harness.DataFiles("out").SkipLast(1), f => Assert.InRange(new FileInfo(Folder[f]).Length, 2000, 2500));
        Assert.Equal(Rows(0, 400), _harness.RowsOf("out"));
    }

    [Fact]
    public async Task Files_are_closed_when_they_are_old()
    {
        var time = new ManualTime();
        _harness.Time = time;
        await using (ISink sink = _harness.Open("out/", o => o with { MaxFileTime = TimeSpan.FromMinutes(5) }))
        {
            await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(), default);
            for (int i = 0; i < 10; i++)
            {
                await Write(writer, i, 1);
                time.Advance(TimeSpan.FromMinutes(2));
            }

            await writer.CommitAsync(SinkHarness.Checkpoint(1), default);
        }

        Assert.Equal([4, 4, 2], _harness.DataFiles("out").Select(f => LinesFormat.RowsOf(Folder[f]).Count));
    }

    [Fact]
    public async Task An_overwrite_replaces_at_its_first_commit_and_then_adds()
    {
        await _harness.WriteAsync("out/", _harness.Request(), null, Batches.Range(0, 5));
        await using (ISink sink = _harness.Open("out/"))
        {
            await sink.RecoverAsync(default);
            await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(WriteMode.Overwrite), default);
            await Write(writer, 100, 5);
            Assert.Equal(Rows(0, 5), _harness.RowsOf("out"));
            await writer.CommitAsync(SinkHarness.Checkpoint(1), default);
            Assert.Equal(Rows(100, 5), _harness.RowsOf("out"));
            await Write(writer, 105, 5);
            await writer.CommitAsync(SinkHarness.Checkpoint(2), default);
        }

        Assert.Equal(Rows(100, 10), _harness.RowsOf("out"));

        // A run that goes on keeps what its earlier epochs wrote.
        await _harness.WriteAsync("out/", _harness.Request(WriteMode.Overwrite, resumes: true), null, Batches.Range(110, 5));
        Assert.Equal(Rows(100, 15), _harness.RowsOf("out"));
    }

    [Fact]
    public async Task An_overwrite_that_is_finished_does_not_take_away_what_another_job_adds_later()
    {
        await Commit("a", WriteMode.Overwrite, 0);
        await Commit("b", WriteMode.Append, 10);
        await Commit("a", WriteMode.Append, 20);
        Assert.Equal([.. Rows(0, 1), .. Rows(10, 1), .. Rows(20, 1)], _harness.RowsOf("out").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_overwrite_takes_away_the_rows_of_other_jobs_and_their_progress_with_them()
    {
        await Commit("a", WriteMode.Append, 0);
        await Commit("b", WriteMode.Overwrite, 10);
        Assert.Equal(Rows(10, 1), _harness.RowsOf("out"));
        await using ISink sink = _harness.Open("out/", job: "a");
        Assert.Null(await sink.RecoverAsync(default));
    }

    [Fact]
    public async Task An_overwrite_does_not_touch_files_of_others()
    {
        Folder.Write("out/important.lines", "theirs");
        Task<CommitSummary> write = _harness.WriteAsync("out/", _harness.Request(WriteMode.Overwrite), null, Batches.Range(0, 1));
        Assert.Equal(FilesErrors.ForeignFiles, (await Assert.ThrowsAsync<MillraceException>(() => write)).Code);
        Assert.Equal("theirs", File.ReadAllText(Folder["out/important.lines"]));
    }

    [Theory]
    [InlineData(IfExists.Error, "MR3040")]
    [InlineData(IfExists.Append, null)]
    [InlineData(IfExists.Replace, null)]
    [InlineData(null, null)]
    public async Task The_option_decides_about_a_folder_with_rows(IfExists? option, string? code)
    {
        await _harness.WriteAsync("out/", _harness.Request(), o => o with { IfExists = option }, Batches.Range(0, 5));
        Task<CommitSummary> write = _harness.WriteAsync("out/", _harness.Request(), o => o with { IfExists = option }, Batches.Range(5, 5));
        if (code is not null)
        {
            Assert.Equal(code, (await Assert.ThrowsAsync<MillraceException>(() => write)).Code.Id);
            Assert.Equal(Rows(0, 5), _harness.RowsOf("out"));
        }
        else
        {
            await write;
            Assert.Equal(option == IfExists.Replace ? Rows(5, 5) : Rows(0, 10), _harness.RowsOf("out"));
        }
    }

    [Fact]
    public async Task A_second_run_is_refused_while_the_first_has_the_folder()
    {
        await using ISink first = _harness.Open("out/");
        await first.RecoverAsync(default);
        await using ISinkWriter writer = await first.OpenWriterAsync(_harness.Request(), default);
        await Write(writer, 0, 100);
        await using ISink second = _harness.Open("out/", job: "other");
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await second.RecoverAsync(default));
        Assert.Equal(FilesErrors.Locked, error.Code);
        Assert.Contains("job 'orders'", error.Message, StringComparison.Ordinal);
        await writer.CommitAsync(SinkHarness.Checkpoint(1), default);
        Assert.Equal(Rows(0, 100), _harness.RowsOf("out"));
    }

    [Fact]
    public async Task A_fenced_run_cannot_commit()
    {
        await using ISink sink = _harness.Open("out/");
        await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(), default);
        await writer.CommitAsync(SinkHarness.Checkpoint(1) with { FencingToken = 5 }, default);
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await writer.CommitAsync(SinkHarness.Checkpoint(2) with { FencingToken = 4 }, default));
        Assert.Equal(ProgressErrors.Fenced, error.Code);
        await writer.CommitAsync(SinkHarness.Checkpoint(2) with { FencingToken = 5 }, default);
    }

    [Fact]
    public async Task A_frozen_schema_stops_other_rows_and_an_evolving_one_takes_what_goes_together()
    {
        await _harness.WriteAsync("out/", _harness.Request(), null, Batches.Range(0, 1));
        var wider = new Schema(new Field("id", DataType.Int64), new Field("name", DataType.Utf8), new Field("more", DataType.Boolean));
        await using (ISink sink = _harness.Open("out/"))
        {
            await sink.RecoverAsync(default);
            await sink.EnsureSchemaAsync(wider, SchemaEvolution.Freeze, default);
            var error = await Assert.ThrowsAsync<MillraceException>(async () => await sink.OpenWriterAsync(_harness.Request(schema: wider), default));
            Assert.Equal(FilesErrors.SchemaFrozen, error.Code);
            await sink.EnsureSchemaAsync(wider, SchemaEvolution.Evolve, default);
            await (await sink.OpenWriterAsync(_harness.Request(schema: wider), default)).DisposeAsync();
            var other = new Schema(new Field("id", DataType.Utf8));
            error = await Assert.ThrowsAsync<MillraceException>(async () => await sink.OpenWriterAsync(_harness.Request(schema: other), default));
            Assert.Equal(FilesErrors.SchemaConflict, error.Code);
        }
    }

    [Fact]
    public async Task A_long_log_is_folded_and_an_overwrite_still_finds_every_file()
    {
        await using (ISink sink = _harness.Open("out/"))
        {
            await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(), default);
            for (int i = 0; i < 200; i++)
            {
                await Write(writer, i, 1);
                await writer.CommitAsync(SinkHarness.Checkpoint(i + 1), default);
            }
        }

        Assert.InRange(Folder.Files().Count(f => f.Contains("/log/", StringComparison.Ordinal)), 64, 160);
        Assert.Equal(1, Folder.Files().Count(f => f.Contains("/folded/", StringComparison.Ordinal)));
        Assert.Equal(200, _harness.RowsOf("out").Count);
        await using (ISink sink = _harness.Open("out/"))
        {
            Assert.Equal(200, (await sink.RecoverAsync(default))!.Epoch);
        }

        await _harness.WriteAsync("out/", _harness.Request(WriteMode.Overwrite), null, Batches.Range(7, 1));
        Assert.Equal(Rows(7, 1), _harness.RowsOf("out"));
        Assert.Equal(2, Folder.Files().Count);
    }

    [Fact]
    public async Task A_damaged_commit_record_stops_the_run_and_is_named()
    {
        await _harness.WriteAsync("out/", _harness.Request(), null, Batches.Range(0, 1));
        string record = Folder.Files().Single(f => f.EndsWith(".json", StringComparison.Ordinal));
        File.WriteAllText(Folder[record], File.ReadAllText(Folder[record])[..^20]);
        await using ISink sink = _harness.Open("out/");
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await sink.RecoverAsync(default));
        Assert.Equal(FilesErrors.DamagedRecord, error.Code);
        Assert.Equal(record, error.Place!.File);
        Assert.Equal(Rows(0, 1), _harness.RowsOf("out"));
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("a/b")]
    [InlineData(".")]
    [InlineData("")]
    public async Task Names_of_jobs_stay_within_the_folder(string job)
    {
        await using (ISink sink = _harness.Open("deep/out/", job: job))
        {
            await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(), default);
            await Write(writer, 0, 1);
            await writer.CommitAsync(SinkHarness.Checkpoint(1, job), default);
        }

        Assert.All(Folder.Files(), f => Assert.StartsWith("deep/out/", f, StringComparison.Ordinal));
        await using ISink again = _harness.Open("deep/out/", job: job);
        Assert.Equal(job, (await again.RecoverAsync(default))!.Job);
    }

    public void Dispose() => _harness.Dispose();

    private static async Task Write(ISinkWriter writer, long from, int count)
    {
        using RecordBatch batch = Batches.Range(from, count);
        await writer.WriteAsync(batch, default);
    }

    private static string[] Rows(long from, int count) => [.. Enumerable.Range(0, count).Select(i => Batches.Json(from + i, $"row {from + i}"))];

    private async Task Commit(string job, WriteMode mode, long id)
    {
        await using ISink sink = _harness.Open("out/", job: job);
        await sink.RecoverAsync(default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(mode), default);
        await Write(writer, id, 1);
        await writer.CommitAsync(SinkHarness.Checkpoint(1, job), default);
    }
}
