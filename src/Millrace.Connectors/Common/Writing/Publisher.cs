using System.Runtime.ExceptionServices;

namespace Millrace.Connectors.Common;

/// <summary>
/// Publishes objects that are written to their end, a few at once and beside the work that goes on: to make one durable takes a disk or a store
/// some milliseconds in which nothing is computed. One thread uses it.
/// </summary>
/// <typeparam name="T">What is told of an object that is published.</typeparam>
internal sealed class Publisher<T>
{
    // More gain nothing from a disk, and little from a store.
    private const int AtOnce = 8;

    private readonly Queue<Task<T>> _running = new();
    private readonly List<T> _done = [];
    private ExceptionDispatchInfo? _failure;

    /// <summary>Begins to publish; waits while too many are on their way. A failure shows here or in <see cref="FinishAsync"/>.</summary>
    /// <param name="publish">Publishes, on another thread, and lets go of the object however it ends.</param>
    public async ValueTask AddAsync(Func<Task<T>> publish)
    {
        _running.Enqueue(Task.Run(publish));
        while (_running.Count >= AtOnce)
        {
            await NextAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Waits for all of them; returns what is published since the last call, in the order in which it was added. Where one has failed it
    /// fails, however often it is called.
    /// </summary>
    public async ValueTask<IReadOnlyList<T>> FinishAsync()
    {
        _failure?.Throw();
        while (_running.Count > 0)
        {
            await NextAsync().ConfigureAwait(false);
        }

        return Taken();
    }

    /// <summary>The same for work that is given up: one that failed is not there, and is forgotten.</summary>
    public async ValueTask<IReadOnlyList<T>> SettleAsync()
    {
        _failure = null;
        while (_running.TryDequeue(out Task<T>? next))
        {
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (next.IsCompletedSuccessfully)
            {
                _done.Add(await next.ConfigureAwait(false));
            }
        }

        return Taken();
    }

    private async ValueTask NextAsync()
    {
        try
        {
            _done.Add(await _running.Dequeue().ConfigureAwait(false));
        }
        catch (Exception e)
        {
            _failure ??= ExceptionDispatchInfo.Capture(e);
            throw;
        }
    }

    private List<T> Taken()
    {
        List<T> taken = [.. _done];
        _done.Clear();
        return taken;
    }
}
