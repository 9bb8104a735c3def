using System.Runtime.ExceptionServices;
using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>The tasks that run a pipeline. The first one that fails stops the others; its error is the one that counts.</summary>
internal sealed class Lanes : IDisposable
{
    private readonly Pipeline _pipeline;
    private readonly PipelineEnd _end;
    private readonly CancellationTokenSource _stop;
    private ExceptionDispatchInfo? _error;
    private volatile bool _stopped;

    public Lanes(Pipeline pipeline, PipelineEnd end, CancellationToken cancellation)
    {
        _pipeline = pipeline;
        _end = end;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>Starts all lanes; the task ends when the last one has ended, and never fails.</summary>
    public Task Start()
    {
        var lanes = new Task[_pipeline.Lanes];
        for (int i = 0; i < lanes.Length; i++)
        {
            lanes[i] = Task.Run(GuardAsync);
        }

        return Task.WhenAll(lanes);
    }

    /// <summary>Makes lanes end early because nobody wants more.</summary>
    public void Stop()
    {
        _stopped = true;
        _stop.Cancel();
    }

    /// <summary>Throws what went wrong in a lane.</summary>
    public void ThrowIfFailed() => Volatile.Read(ref _error)?.Throw();

    public void Dispose() => _stop.Dispose();

    private async Task GuardAsync()
    {
        try
        {
            await RunAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (!_stopped || error is not OperationCanceledException)
        {
            Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(error), null);
            _stop.Cancel();
        }
        catch (OperationCanceledException)
        {
            // Stopped, as was asked for.
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        using var chain = new LaneChain();
        _pipeline.OpenLane(chain, chain.Own(_end.OpenLane()));
        foreach (LaneStep step in chain.Steps)
        {
            if (step.Feed is not null)
            {
                await ReadAsync(step.Feed, step.Head, cancellation).ConfigureAwait(false);
            }

            cancellation.ThrowIfCancellationRequested();
            step.Head.Finish();
        }
    }

    private async ValueTask ReadAsync(PartFeed feed, LaneOperator head, CancellationToken cancellation)
    {
        while (!head.IsSatisfied && !_end.IsClosed)
        {
            (ITablePart? part, int number) = await feed.TakeAsync(cancellation).ConfigureAwait(false);
            if (part is null)
            {
                return;
            }

            await using (part.ConfigureAwait(false))
            {
                while (!head.IsSatisfied && !_end.Skips(number))
                {
                    cancellation.ThrowIfCancellationRequested();
                    using RecordBatch? batch = await part.ReadAsync(cancellation).ConfigureAwait(false);
                    if (batch is null)
                    {
                        break;
                    }

                    if (batch.Length > 0)
                    {
                        head.Push(new Chunk(batch, number));
                    }

                    await _end.RoomAsync(number, cancellation).ConfigureAwait(false);
                }
            }

            _end.EndPart(number);
        }
    }
}
