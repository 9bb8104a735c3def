using Millrace.Connectors.Files;
using Millrace.Formats;
using Millrace.Runtime;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Files;

/// <summary>Files and datasets in a store that has no locks.</summary>
public sealed class S3SinkTests
{
    [Fact]
    public async Task A_dataset_is_added_to_read_back_and_replaced()
    {
        await using S3Harness s3 = await S3Harness.CreateAsync();
        await WriteAsync(s3, Batches.Range(1, 2), epoch: 1);
        await WriteAsync(s3, Batches.Range(3, 1), epoch: 2);
        string[] data = [.. (await s3.NamesAsync()).Where(n => n.EndsWith(".parquet", StringComparison.Ordinal))];
        Assert.Equal(2, data.Length);
        Assert.All(data, n => Assert.StartsWith("lake/orders/part-", n, StringComparison.Ordinal));
        Assert.Equal([Batches.Json(1, "row 1"), Batches.Json(2, "row 2"), Batches.Json(3, "row 3")], (await s3.RowsAsync("lake/orders/")).Order(StringComparer.Ordinal));
        await WriteAsync(s3, Batches.Range(7, 1), epoch: 3, WriteMode.Overwrite);
        Assert.Equal([Batches.Json(7, "row 7")], await s3.RowsAsync("lake/orders"));
        Assert.DoesNotContain(await s3.NamesAsync(), n => n.Contains("/staged/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_begins_later_takes_the_dataset_over_and_the_other_commits_nothing_more()
    {
        await using S3Harness s3 = await S3Harness.CreateAsync();
        await using ISink first = s3.Sink("ds/");
        await using ISinkWriter old = await s3.WriterAsync(first);
        await S3Harness.CommitAsync(old, 1, Batches.Range(1, 1));
        using (RecordBatch late = Batches.Range(2, 1))
        {
            await old.WriteAsync(late, default);
        }

        await using ISink second = s3.Sink("ds/");
        await using ISinkWriter young = await s3.WriterAsync(second);
        await S3Harness.CommitAsync(young, 2, Batches.Range(3, 1));
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () => await S3Harness.CommitAsync(old, 2, Batches.Range(4, 1)));
        Assert.Equal(ProgressErrors.Fenced, error.Code);
        Assert.Equal([Batches.Json(1, "row 1"), Batches.Json(3, "row 3")], (await s3.RowsAsync("ds/")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_jobs_that_begin_at_once_do_not_remove_what_the_other_has_staged()
    {
        await using S3Harness s3 = await S3Harness.CreateAsync();
        await using (ISink before = s3.Sink("ds/", job: "a"))
        await using (ISinkWriter writer = await s3.WriterAsync(before))
        {
            await S3Harness.CommitAsync(writer, 1, Batches.Range(1, 1), "a");
        }

        // Job b has fenced job a off and is about to drop what is staged, when a run of job a, which does not know of b yet,
        // takes its log back, stages and stands before its commit.
        ISink? sinkA = null;
        ISinkWriter? writerA = null;
        S3Harness other = await S3Harness.CreateAsync();
        bool begun = false;
        s3.Wrap = store => new ListHook(store, async prefix =>
        {
            if (!begun && prefix == "_millrace/a/staged/")
            {
                begun = true;
                s3.Wrap = inner => inner;
                sinkA = s3.Sink("ds/", with: o => o with { MaxFileRows = 1 }, job: "a");
                writerA = await s3.WriterAsync(sinkA);
                using RecordBatch rows = Batches.Range(5, 2);
                await writerA.WriteAsync(rows, default);
            }
        });
        await using ISink sinkB = s3.Sink("ds/", job: "b");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () => await s3.WriterAsync(sinkB));
        Assert.Equal(ProgressErrors.Fenced, error.Code);
        Assert.True(begun);
        await S3Harness.CommitAsync(writerA!, 2, Batches.Range(7, 1), "a");
        await writerA!.DisposeAsync();
        await sinkA!.DisposeAsync();
        await other.DisposeAsync();
        Assert.Equal(4, (await s3.RowsAsync("ds/")).Count);
    }

    [Fact]
    public async Task A_single_file_is_seen_whole_and_of_two_that_replace_it_one_is_told()
    {
        await using S3Harness s3 = await S3Harness.CreateAsync();
        await using ISink first = s3.Sink("out/a.csv");
        await using ISinkWriter one = await s3.WriterAsync(first, WriteMode.Overwrite);
        await using ISink second = s3.Sink("out/a.csv");
        await using ISinkWriter two = await s3.WriterAsync(second, WriteMode.Overwrite);
        Assert.Empty(await s3.NamesAsync());
        await S3Harness.CommitAsync(two, 1, Batches.Range(2, 1));
        Assert.NotNull(await Record.ExceptionAsync(() => S3Harness.CommitAsync(one, 1, Batches.Range(1, 1))));
        Assert.Equal(["out/a.csv"], await s3.NamesAsync());
        Assert.Equal([Batches.Json(2, "row 2")], await s3.RowsAsync("out/a.csv"));

        await using ISink third = s3.Sink("out/a.csv");
        await using ISinkWriter three = await s3.WriterAsync(third, WriteMode.Overwrite);
        await s3.WriteAsync("out/a.csv", "id,name\n9,other\n");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => S3Harness.CommitAsync(three, 1, Batches.Range(3, 1)));
        Assert.Equal(ProgressErrors.Fenced, error.Code);
        Assert.Equal([Batches.Json(9, "other")], await s3.RowsAsync("out/a.csv"));
    }

    [Fact]
    public async Task A_check_says_whether_the_place_can_be_written_and_commits_relied_on()
    {
        await using S3Harness s3 = await S3Harness.CreateAsync();
        await using (ISink sink = s3.Sink("ds/"))
        {
            CheckReport report = await sink.CheckAsync(default);
            Assert.True(report.Ok);
            Assert.Contains("honours conditions", report.Findings[0].Detail, StringComparison.Ordinal);
        }

        await using ISink wrong = s3.Sink("ds/", with: o => o with { Path = "s3://no-such-bucket/ds/" });
        CheckReport failed = await wrong.CheckAsync(default);
        Assert.False(failed.Ok);
        Assert.Contains("no-such-bucket", string.Join(' ', failed.Findings.Select(f => f.Detail)), StringComparison.Ordinal);
        Assert.Empty(await s3.NamesAsync());
    }

    [Fact]
    public void What_a_job_writes_is_told_without_its_secrets()
    {
        var options = new FilesTargetOptions { Path = "s3://b/x/", S3 = new S3Options { SecretAccessKey = "hidden" } };
        Assert.Equal(["s3://b/x/"], new FilesConnector().OutputsOf(options, new ConnectorContext { Job = "j" }));
        Assert.DoesNotContain("hidden", options.ToString(), StringComparison.Ordinal);
    }

    private static async Task WriteAsync(S3Harness s3, RecordBatch batch, long epoch, WriteMode mode = WriteMode.Append)
    {
        await using ISink sink = s3.Sink("lake/orders/");
        await using ISinkWriter writer = await s3.WriterAsync(sink, mode);
        await S3Harness.CommitAsync(writer, epoch, batch);
    }

    // Lets something happen before a listing.
    private sealed class ListHook(IObjectStore inner, Func<string, Task> before) : IObjectStore
    {
        public string Describe(string name) => inner.Describe(name);

        public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, Func<string, bool>? enter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            await before(prefix);
            await foreach (ObjectInfo info in inner.ListAsync(prefix, enter, cancellation))
            {
                yield return info;
            }
        }

        public ValueTask<ObjectInfo?> FindAsync(string name, CancellationToken cancellation) => inner.FindAsync(name, cancellation);

        public ValueTask<IObjectReader> OpenAsync(string name, CancellationToken cancellation) => inner.OpenAsync(name, cancellation);

        public ValueTask<IStagedObject> StageAsync(string name, CancellationToken cancellation) => inner.StageAsync(name, cancellation);

        public ValueTask<ObjectInfo> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellation) => inner.PutAsync(name, content, condition, cancellation);

        public ValueTask MoveAsync(string from, string to, PutCondition condition, CancellationToken cancellation) => inner.MoveAsync(from, to, condition, cancellation);

        public ValueTask DeleteAsync(string name, CancellationToken cancellation) => inner.DeleteAsync(name, cancellation);

        public ValueTask RemoveStaleAsync(string prefix, CancellationToken cancellation) => inner.RemoveStaleAsync(prefix, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
