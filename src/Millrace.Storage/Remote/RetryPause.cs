namespace Millrace.Storage;

/// <summary>Pauses between attempts: they double, and each has a random length, so that many clients do not come back at once.</summary>
public static class RetryPause
{
    private const int FirstMilliseconds = 100;
    private const int LongestMilliseconds = 20_000;

    // A server that asks for more is asked again earlier: it may have been told a wrong time.
    private const int LongestAskedMilliseconds = 120_000;

    /// <param name="attempt">Attempts that have failed before this pause, less one.</param>
    /// <param name="asked">What the server asked for.</param>
    /// <param name="cancellation">Ends the pause.</param>
    public static Task WaitAsync(int attempt, TimeSpan? asked, CancellationToken cancellation)
    {
        int most = (int)Math.Min(LongestMilliseconds, (long)FirstMilliseconds << Math.Min(attempt, 10));
        TimeSpan pause = TimeSpan.FromMilliseconds(Random.Shared.Next(most / 2, most + 1));
        return Task.Delay(asked is { } server && server > pause ? TimeSpan.FromMilliseconds(Math.Min(server.TotalMilliseconds, LongestAskedMilliseconds)) : pause, cancellation);
    }
}
