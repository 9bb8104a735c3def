using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>Sources that answer later, in small pieces, or not at all.</summary>
public class RemoteSourceTests
{
    private const string Query = """
        SELECT i, 'text ' || i AS text, [x FOR x IN range(i % 4)] AS list, {'a': i, 'b': CASE WHEN i % 3 = 0 THEN NULL ELSE 'b' END} AS part
        FROM range(5000) t(i)
        """;

    [Fact]
    public async Task Columns_that_are_read_at_once_do_not_disturb_each_other()
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb(Query, "ROW_GROUP_SIZE 2048");
        List<RecordBatch> expected = await file.ReadAsync();
        await using var source = new SlowSource(file.Path, failAt: int.MaxValue);
        List<RecordBatch> found = await ReadAsync(source, CancellationToken.None);
        BatchAssert.EqualRows(expected, found);
        expected.Concat(found).ToList().ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task A_source_that_fails_at_any_read_leaves_nothing_behind()
    {
        using ParquetFile file = ParquetFile.FromDuckDb(Query, "ROW_GROUP_SIZE 2048");
        for (int failAt = 0; ; failAt++)
        {
            using var leaks = new LeakCheck();
            await using var source = new SlowSource(file.Path, failAt);
            try
            {
                List<RecordBatch> read = await ReadAsync(source, CancellationToken.None);
                read.ForEach(b => b.Dispose());
                Assert.True(failAt > 10, "The source has failed at no read.");
                break;
            }
            catch (IOException e)
            {
                Assert.Equal("The line is dead.", e.Message);
            }
        }
    }

    [Fact]
    public async Task A_read_can_be_cancelled()
    {
        using var leaks = new LeakCheck();
        using ParquetFile file = ParquetFile.FromDuckDb(Query);
        await using var source = new SlowSource(file.Path, failAt: int.MaxValue);
        using var cancellation = new CancellationTokenSource();
        source.OnRead = count =>
        {
            if (count == 5)
            {
                cancellation.Cancel();
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(source, cancellation.Token));
    }

    private static async Task<List<RecordBatch>> ReadAsync(IByteSource source, CancellationToken cancellation)
    {
        var format = new ParquetFormat();
        var batches = new List<RecordBatch>();
        try
        {
            FileInspection inspection = await format.InspectAsync(source, new ParquetOptions(), cancellation);
            await using IBatchReader reader = format.OpenReader(source, inspection, ParquetFile.Everything(inspection));
            while (await reader.ReadAsync(cancellation) is { } batch)
            {
                batches.Add(batch);
            }

            return batches;
        }
        catch
        {
            batches.ForEach(b => b.Dispose());
            throw;
        }
    }

    private sealed class SlowSource(string path, int failAt) : IByteSource
    {
        private const int Piece = 5000;

        private readonly FileByteSource _file = new(path);
        private int _reads;

        public Action<int>? OnRead { get; set; }

        public string Name => _file.Name;

        public long Length => _file.Length;

        public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
        {
            int read = Interlocked.Increment(ref _reads);
            OnRead?.Invoke(read);
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            return read - 1 == failAt
                ? throw new IOException("The line is dead.")
                : await _file.ReadAsync(offset, target[..Math.Min(Piece, target.Length)], cancellation);
        }

        public ValueTask DisposeAsync() => _file.DisposeAsync();
    }
}
