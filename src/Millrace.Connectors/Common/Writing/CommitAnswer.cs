namespace Millrace.Connectors.Common;

/// <summary>
/// Waits for the answer to a commit. It says whether the rows are there, so that a run which is to end waits a little longer for it
/// than for anything else; without it the next run finds out.
/// </summary>
internal static class CommitAnswer
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(3);

    /// <param name="commit">Sends the commit and waits.</param>
    /// <param name="missed">What is said where the answer did not come in time.</param>
    /// <param name="cancellation">Asks for the end.</param>
    public static async ValueTask WaitAsync(Func<CancellationToken, ValueTask> commit, Func<Exception, MillraceException> missed, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource();
        CancellationTokenRegistration end = cancellation.UnsafeRegister(static p => ((CancellationTokenSource)p!).CancelAfter(Most), patience);
        await using (end.ConfigureAwait(false))
        {
            try
            {
                await commit(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (patience.IsCancellationRequested)
            {
                throw missed(e);
            }
        }
    }
}
