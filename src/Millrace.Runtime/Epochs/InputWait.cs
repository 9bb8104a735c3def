using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// The time in which a run that follows its source has read all there is: until the source says that there may be more, or it
/// is to be asked again. The source is used by nobody else before it has ended.
/// </summary>
internal sealed class InputWait : IAsyncDisposable
{
    private readonly CancellationTokenSource _over;
    private readonly TimeProvider _time;
    private readonly Task _changed;
    private readonly Task _more;

    /// <param name="source">The source.</param>
    /// <param name="poll">The longest wait.</param>
    /// <param name="time">Clock.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="abort">Ends the wait too.</param>
    public InputWait(ISource source, TimeSpan poll, TimeProvider time, CancellationToken stop, CancellationToken abort)
    {
        _over = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        _time = time;
        _changed = LookAsync(source, _over.Token);
        _more = Task.WhenAny(_changed, Task.Delay(TimerLimit.Fit(poll), time, _over.Token));
    }

    /// <summary>Whether the wait is over; false when the patience was over before it.</summary>
    public async Task<bool> IsOverAsync(TimeSpan? patience)
    {
        await _more.WaitAsync(patience ?? Timeout.InfiniteTimeSpan, _time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _more.IsCompleted || _over.IsCancellationRequested;
    }

    /// <summary>Ends the wait; throws what the source threw while it looked for changes.</summary>
    public async Task EndAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        await _changed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_changed.IsFaulted)
        {
            await _changed.ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        await _changed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private static async Task LookAsync(ISource source, CancellationToken over) => await source.ChangedAsync(over).ConfigureAwait(false);
}
