using Millrace.Connectors.Common;
using Millrace.Connectors.Files;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Files;

public sealed class FileSinkTests : IDisposable
{
    private readonly SinkHarness _harness = new();

    private TempFolder Folder => _harness.Folder;

    [Fact]
    public async Task A_run_writes_one_file_and_leaves_nothing_else()
    {
        CommitSummary summary = await _harness.WriteAsync("out/a.lines", _harness.Request(), null, Batches.Range(1, 3), Batches.Range(4, 2));
        Assert.Equal(["out/a.lines"], Folder.Files());
        Assert.Equal([.. Enumerable.Range(1, 5).Select(i => Batches.Json(i, $"row {i}"))], LinesFormat.RowsOf(Folder["out/a.lines"]));
        Assert.Equal((5, new FileInfo(Folder["out/a.lines"]).Length), (summary.Rows, summary.Bytes));
        Assert.Equal(["out/a.lines"], summary.Objects);
    }

    [Fact]
    public async Task A_run_without_rows_writes_a_file_that_has_the_schema()
    {
        await _harness.WriteAsync("a.lines", _harness.Request(), null);
        Assert.Empty(LinesFormat.RowsOf(Folder["a.lines"]));
        Assert.Contains("\"name\"", File.ReadAllText(Folder["a.lines"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_is_seen_only_after_the_commit()
    {
        await using ISink sink = _harness.Open("a.lines");
        await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(), default);
        using RecordBatch batch = Batches.Range(0, 100);
        await writer.WriteAsync(batch, default);
        Assert.False(File.Exists(Folder["a.lines"]));
        await writer.CommitAsync(SinkHarness.Checkpoint(1), default);
        Assert.True(File.Exists(Folder["a.lines"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_aborted_or_abandoned_run_leaves_what_was_there(bool abort)
    {
        Folder.Write("a.lines", "old");
        await using (ISink sink = _harness.Open("a.lines"))
        {
            await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(WriteMode.Overwrite), default);
            using RecordBatch batch = Batches.Range(0, 100);
            await writer.WriteAsync(batch, default);
            if (abort)
            {
                await writer.AbortAsync(default);
            }
        }

        Assert.Equal(["a.lines"], Folder.Files());
        Assert.Equal("old", File.ReadAllText(Folder["a.lines"]));
    }

    [Theory]
    [InlineData(WriteMode.Append, null, "MR3040")]
    [InlineData(WriteMode.Append, IfExists.Error, "MR3040")]
    [InlineData(WriteMode.Append, IfExists.Append, "MR3048")]
    [InlineData(WriteMode.Append, IfExists.Replace, null)]
    [InlineData(WriteMode.Overwrite, null, null)]
    [InlineData(WriteMode.Overwrite, IfExists.Replace, null)]
    [InlineData(WriteMode.Overwrite, IfExists.Error, "MR3041")]
    [InlineData(WriteMode.Overwrite, IfExists.Append, "MR3041")]
    [InlineData(WriteMode.Merge, null, "MR3048")]
    public async Task The_write_mode_and_the_option_decide_about_a_file_that_is_there(WriteMode mode, IfExists? option, string? code)
    {
        Folder.Write("a.lines", "old");
        Task<CommitSummary> write = _harness.WriteAsync("a.lines", _harness.Request(mode), o => o with { IfExists = option }, Batches.Range(7, 1));
        if (code is null)
        {
            await write;
            Assert.Equal([Batches.Json(7, "row 7")], LinesFormat.RowsOf(Folder["a.lines"]));
        }
        else
        {
            Assert.Equal(code, (await Assert.ThrowsAsync<MillraceException>(() => write)).Code.Id);
            Assert.Equal("old", File.ReadAllText(Folder["a.lines"]));
        }

        Assert.Equal(["a.lines"], Folder.Files());
    }

    [Fact]
    public async Task A_file_that_appears_during_the_run_is_not_overwritten()
    {
        await using ISink sink = _harness.Open("a.lines");
        await using ISinkWriter writer = await sink.OpenWriterAsync(_harness.Request(), default);
        Folder.Write("a.lines", "theirs");
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await writer.CommitAsync(SinkHarness.Checkpoint(1), default));
        Assert.Equal(FilesErrors.OutputExists, error.Code);
        Assert.Equal("theirs", File.ReadAllText(Folder["a.lines"]));
    }

    [Fact]
    public async Task A_second_writer_of_the_same_file_is_told_who_has_it()
    {
        await using ISink first = _harness.Open("a.lines");
        await using ISink second = _harness.Open("a.lines", job: "other");
        ISinkWriter writer = await first.OpenWriterAsync(_harness.Request(), default);
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await second.OpenWriterAsync(_harness.Request(), default));
        Assert.Equal(FilesErrors.Locked, error.Code);
        Assert.Contains("job 'orders', process", error.Message, StringComparison.Ordinal);
        await writer.DisposeAsync();
        await (await second.OpenWriterAsync(_harness.Request(), default)).DisposeAsync();
        Assert.Empty(Folder.Files());
    }

    [Fact]
    public async Task Recovery_removes_what_a_dead_run_had_staged()
    {
        Folder.Write(".a.lines.0123456789abcdef0123456789abcdef.mrtmp", "half");
        await using ISink sink = _harness.Open("a.lines");
        Assert.Null(await sink.RecoverAsync(default));
        Assert.Empty(Folder.Files());
    }

    [Fact]
    public async Task An_unknown_ending_asks_for_the_format()
    {
        var error = Assert.Throws<MillraceException>(() => _harness.Open("a.xyz"));
        Assert.Equal("MR2001", error.Code.Id);
        var format = new OptionChoice<FormatChoices>("lines", new OptionMap(new ErrorPlace()));
        await _harness.WriteAsync("a.xyz", _harness.Request(), o => o with { Format = format }, Batches.Range(1, 1));
        Assert.Single(LinesFormat.RowsOf(Folder["a.xyz"]));
    }

    [Fact]
    public async Task A_folder_that_may_not_be_written_is_an_error_with_its_name()
    {
        // /proc refuses new files even to root.
        await using ISink sink = _harness.Open("/proc/a.lines");
        CheckReport report = await sink.CheckAsync(default);
        Assert.False(report.Ok);
        Assert.Contains("/proc", Assert.Single(report.Findings, f => !f.Ok).Error!.Describe(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<MillraceException>(async () => await sink.OpenWriterAsync(_harness.Request(), default));
    }

    [Fact]
    public async Task A_check_changes_nothing()
    {
        await using ISink sink = _harness.Open("deep/er/a.lines");
        Assert.True((await sink.CheckAsync(default)).Ok);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder.Path));
    }

    public void Dispose() => _harness.Dispose();
}
