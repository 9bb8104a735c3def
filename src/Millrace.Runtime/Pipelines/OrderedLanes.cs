using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>A batch in the order of the stream, with the split it is from.</summary>
/// <param name="Split">The split.</param>
/// <param name="Batch">Rows, owned by the receiver; null when the split has ended.</param>
/// <param name="Position">Position behind the rows.</param>
/// <param name="Bytes">Bytes of the source it stands for.</param>
/// <param name="BadRows">Rows that were set aside since the batch before.</param>
/// <param name="BrokenOff">Why the split has not ended, though no more comes of it.</param>
/// <param name="IsPartOfUnit">Whether no epoch ends behind the rows.</param>
internal readonly record struct LaneBatch(Split Split, RecordBatch? Batch, Position? Position, long Bytes, BadRows? BadRows, MillraceException? BrokenOff = null, bool IsPartOfUnit = false)
{
    /// <summary>Where the rows are from; null if that is not known.</summary>
    public BatchOrigin? Origin { get; init; }
}

/// <summary>
/// Reads the splits of a plan with several lanes at once and yields their batches in the order of the splits, so that the
/// output does not depend on the number of lanes and one position says how far a file was read. Memory is bounded: at most
/// one split more than there are lanes is open, each with a bounded queue.
/// </summary>
/// <param name="plan">What is read.</param>
/// <param name="shaper">Makes batches of the target of it; null where the plan does so itself.</param>
/// <param name="failure">What happens to bad rows.</param>
/// <param name="since">Where splits that were half read are taken up.</param>
/// <param name="lanes">How many at once.</param>
/// <param name="stages">Where lanes say what they are at; null when nobody watches.</param>
internal sealed class OrderedLanes(IReadPlan plan, RowShaper? shaper, FailureSpec failure, Checkpoint? since, int lanes, RunStages? stages = null)
{
    /// <summary>Decoded bytes that one lane may be ahead of the consumer: the rows of a split of the default size.</summary>
    internal const long QueueBytes = 3 << 20;

    public async IAsyncEnumerable<LaneBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        HashSet<string>? brokenOff = null;
        await foreach (LaneBatch next in ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            if (brokenOff?.Contains(next.Split.Key) == true)
            {
                // Rows behind a gap: a position behind them would count the gap as read.
                next.Batch?.Dispose();
                continue;
            }

            if (next.BrokenOff is not null)
            {
                (brokenOff ??= new HashSet<string>(StringComparer.Ordinal)).Add(next.Split.Key);
            }

            yield return next;
        }
    }

    private async IAsyncEnumerable<LaneBatch> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (lanes <= 1)
        {
            await foreach (LaneBatch batch in ReadInTurnAsync(cancellation).ConfigureAwait(false))
            {
                yield return batch;
            }

            yield break;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var free = new SemaphoreSlim(lanes);
        Channel<BatchQueue> order = Channel.CreateBounded<BatchQueue>(lanes);
        var running = new List<Task>();
        Task feeder = Task.Run(() => FeedAsync(order.Writer, free, running, stop.Token), CancellationToken.None);
        BatchQueue? current = null;
        try
        {
            await foreach (BatchQueue queue in order.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                current = queue;
                while (await queue.ReadAsync(cancellation).ConfigureAwait(false) is { } next)
                {
                    yield return next;
                }

                current = null;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            current?.Dispose();
            await IgnoreAsync(feeder).ConfigureAwait(false);
            while (order.Reader.TryRead(out BatchQueue? left))
            {
                left.Dispose();
            }

            foreach (Task lane in running)
            {
                await IgnoreAsync(lane).ConfigureAwait(false);
            }
        }
    }

    private async IAsyncEnumerable<LaneBatch> ReadInTurnAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using ReadWatch? search = stages?.Search();
        await foreach (Split split in plan.SplitsAsync(cancellation).ConfigureAwait(false))
        {
            search?.WaitFor(RunStages.Reading);
            using ReadWatch? watch = stages?.Read(split.Id);
            var errors = new SplitErrors(failure);
            LaneBatch ended;
            ISplitReader reader = await plan.OpenAsync(split, PositionOf(split), errors, cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } next)
                {
                    BatchOrigin? origin = next.Origin;
                    if (Shape(next.Batch, errors, ref origin) is { } shaped)
                    {
                        watch?.WaitFor(RunStages.Writing);
                        yield return new LaneBatch(split, shaped, next.Position, next.BytesRead, errors.Take(), IsPartOfUnit: next.IsPartOfUnit) { Origin = origin };
                    }

                    watch?.Work();
                }

                ended = new LaneBatch(split, null, null, 0, errors.Take(), reader.BrokenOff);
            }

            watch?.WaitFor(RunStages.Writing);
            yield return ended;
            search?.Work();
        }
    }

    private async Task FeedAsync(ChannelWriter<BatchQueue> order, SemaphoreSlim free, List<Task> running, CancellationToken cancellation)
    {
        Exception? failed = null;
        using ReadWatch? watch = stages?.Search();
        try
        {
            await foreach (Split split in plan.SplitsAsync(cancellation).ConfigureAwait(false))
            {
                watch?.WaitFor(RunStages.Reading);
                await free.WaitAsync(cancellation).ConfigureAwait(false);
                running.RemoveAll(t => t.IsCompleted);
                var queue = new BatchQueue(QueueBytes);
                running.Add(Task.Run(() => ReadSplitAsync(split, queue, free, cancellation), CancellationToken.None));
                try
                {
                    await order.WriteAsync(queue, cancellation).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    queue.Dispose();
                    throw;
                }

                watch?.Work();
            }
        }
        catch (Exception e)
        {
            failed = e;
        }

        order.Complete(failed);
    }

    private async Task ReadSplitAsync(Split split, BatchQueue queue, SemaphoreSlim free, CancellationToken cancellation)
    {
        Exception? failed = null;
        try
        {
            await CopyAsync(split, queue, cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failed = e;
        }

        queue.Complete(failed);
        free.Release();
    }

    private async Task CopyAsync(Split split, BatchQueue queue, CancellationToken cancellation)
    {
        using ReadWatch? watch = stages?.Read(split.Id);
        var errors = new SplitErrors(failure);
        LaneBatch ended;
        ISplitReader reader = await plan.OpenAsync(split, PositionOf(split), errors, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } next)
            {
                BatchOrigin? origin = next.Origin;
                if (Shape(next.Batch, errors, ref origin) is { } shaped)
                {
                    watch?.WaitFor(RunStages.Writing);
                    if (!await queue.WriteAsync(new LaneBatch(split, shaped, next.Position, next.BytesRead, errors.Take(), IsPartOfUnit: next.IsPartOfUnit) { Origin = origin }, cancellation).ConfigureAwait(false))
                    {
                        return;
                    }
                }

                watch?.Work();
            }

            ended = new LaneBatch(split, null, null, 0, errors.Take(), reader.BrokenOff);
        }

        watch?.WaitFor(RunStages.Writing);
        await queue.WriteAsync(ended, cancellation).ConfigureAwait(false);
    }

    private RecordBatch? Shape(RecordBatch batch, SplitErrors errors, ref BatchOrigin? origin) => shaper is null ? batch : shaper.Shape(batch, errors, ref origin);

    private Position? PositionOf(Split split)
        => since is not null && since.Splits.TryGetValue(split.Key, out SplitProgress? progress) && !progress.Done ? progress.Position : null;

    // A lane's failure reaches the consumer through its queue; here it only has to have ended.
    private static async Task IgnoreAsync(Task task)
        => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
