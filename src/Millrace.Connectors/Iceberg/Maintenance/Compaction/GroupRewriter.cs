using System.Threading.Channels;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Writes the rows of a group of files as new files: deletes applied, columns as the table has them now. Several groups may be written at once.</summary>
/// <param name="table">The table as it was planned.</param>
/// <param name="files">The table's files.</param>
/// <param name="scan">What is read; shared by the groups.</param>
/// <param name="sorting">The order of the rows; null leaves it.</param>
/// <param name="targetBytes">Size of the new files.</param>
internal sealed class GroupRewriter(TableMetadata table, TableFiles files, TableScan scan, RowSorting? sorting, long targetBytes)
{
    // Batches that wait between the thread that reads and the one that writes.
    private const int Waiting = 4;

    // Rows of small files come in small batches, each of which costs the writer as much as a large one.
    private const int EnoughRows = RecordBatch.DefaultRows;

    // Rows that are sorted at once; a file of more is in order by parts.
    private const long SortedBytes = 512L << 20;

    /// <summary>The new files, which no commit names yet. When it fails, none are left.</summary>
    public async Task<IReadOnlyList<DataFile>> RewriteAsync(RewriteGroup group, CancellationToken cancellation)
    {
        // A file may grow past its target before it is worth another one.
        var set = new DataFileSet(table with { DefaultSortOrderId = SortOrder.Unsorted.Id }, files, $"compact-{Guid.NewGuid():N}", new DataFileLimits(targetBytes + (targetBytes / 5 * 2), 32));
        await using (set.ConfigureAwait(false))
        {
            try
            {
                bool isSorted = await CopyAsync(group, set, cancellation).ConfigureAwait(false);
                await set.FinishAsync(cancellation).ConfigureAwait(false);
                return isSorted ? [.. set.Complete.Select(f => f with { SortOrderId = sorting!.Id })] : [.. set.Complete];
            }
            catch
            {
                await set.DropAsync(CancellationToken.None).ConfigureAwait(false);
                throw;
            }
        }
    }

    // Whether the files are in order as a whole.
    private async Task<bool> CopyAsync(RewriteGroup group, DataFileSet set, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<RecordBatch> batches = Channel.CreateBounded<RecordBatch>(new BoundedChannelOptions(Waiting) { SingleReader = true, SingleWriter = true });
        bool isSorted = false;
        Task reading = Task.Run(() => ReadAsync(group, batches.Writer, stop.Token), CancellationToken.None);
        try
        {
            if (sorting is null)
            {
                await foreach (RecordBatch batch in batches.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
                {
                    using (batch)
                    {
                        await set.WriteAsync(batch, cancellation).ConfigureAwait(false);
                    }
                }
            }
            else
            {
                isSorted = await SortAsync(batches.Reader, set, sorting.Order, cancellation).ConfigureAwait(false);
            }

            await reading.ConfigureAwait(false);
            return isSorted;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (batches.Reader.TryRead(out RecordBatch? left))
            {
                left.Dispose();
            }
        }
    }

    private async Task ReadAsync(RewriteGroup group, ChannelWriter<RecordBatch> target, CancellationToken cancellation)
    {
        var waiting = new List<RecordBatch>();
        int rows = 0;
        try
        {
            foreach (ScanTask task in group.Tasks)
            {
                DataFileReader reader = await DataFileReader.OpenAsync(scan, task, 0, -1, FailOnRowError.Instance, cancellation).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } batch)
                    {
                        waiting.Add(batch);
                        rows += batch.Length;
                        if (rows >= EnoughRows)
                        {
                            rows = 0;
                            await PassAsync(waiting, target, cancellation).ConfigureAwait(false);
                        }
                    }
                }
            }

            await PassAsync(waiting, target, cancellation).ConfigureAwait(false);
            target.Complete();
        }
        catch (Exception e)
        {
            target.Complete(e);
        }
        finally
        {
            waiting.ForEach(b => b.Dispose());
        }
    }

    private static async ValueTask PassAsync(List<RecordBatch> waiting, ChannelWriter<RecordBatch> target, CancellationToken cancellation)
    {
        if (waiting.Count == 0)
        {
            return;
        }

        RecordBatch batch = Concat.Batches(waiting);
        waiting.ForEach(b => b.Dispose());
        waiting.Clear();
        try
        {
            await target.WriteAsync(batch, cancellation).ConfigureAwait(false);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    // Whether one run was enough.
    private static async Task<bool> SortAsync(ChannelReader<RecordBatch> source, DataFileSet set, RowOrder order, CancellationToken cancellation)
    {
        int runs = 0;
        var run = new List<RecordBatch>();
        long bytes = 0;
        try
        {
            await foreach (RecordBatch batch in source.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                run.Add(batch);
                bytes += batch.ByteSize;
                if (bytes >= SortedBytes)
                {
                    bytes = 0;
                    runs++;
                    await WriteSortedAsync(run, set, order, cancellation).ConfigureAwait(false);
                }
            }

            runs += run.Count > 0 ? 1 : 0;
            await WriteSortedAsync(run, set, order, cancellation).ConfigureAwait(false);
            return runs <= 1;
        }
        finally
        {
            run.ForEach(b => b.Dispose());
        }
    }

    private static async ValueTask WriteSortedAsync(List<RecordBatch> run, DataFileSet set, RowOrder order, CancellationToken cancellation)
    {
        foreach (RecordBatch rows in order.Sort(run))
        {
            using (rows)
            {
                await set.WriteAsync(rows, cancellation).ConfigureAwait(false);
            }
        }

        run.ForEach(b => b.Dispose());
        run.Clear();
    }
}
