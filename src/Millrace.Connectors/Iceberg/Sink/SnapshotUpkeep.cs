namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Expires old snapshots beside the commits of a job. Every version of the metadata names all snapshots, so a table that gets a commit each
/// minute and that nobody looks after grows slower, and its folder larger, with each of them. One thread uses it.
/// </summary>
/// <param name="path">What the user calls the table.</param>
/// <param name="olderThan">Age from which on snapshots go, where a branch does not say otherwise.</param>
/// <param name="time">Clock.</param>
/// <param name="note">Tells the user what went wrong.</param>
internal sealed class SnapshotUpkeep(string path, TimeSpan olderThan, TimeProvider time, Action<string> note)
{
    /// <summary>Snapshots from which on it shows that a table is not looked after.</summary>
    public const int Many = 5_000;

    // The first commit of a run and then one now and then: looking for what to remove reads manifests.
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private long? _last;

    /// <summary>Expires what is old, if that was not done just now. The commits go on whatever happens here: what stays goes the next time.</summary>
    public async ValueTask RunAsync(IcebergTable table, CancellationToken cancellation)
    {
        if (_last is { } last && time.GetElapsedTime(last) < Pause)
        {
            return;
        }

        _last = time.GetTimestamp();
        try
        {
            await new SnapshotExpiry(table, path, new ExpiryOptions { OlderThan = time.GetUtcNow() - olderThan }, time).RunAsync(cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            note($"old snapshots of '{path}' stay for now: {e.Message} ({e.Code.Id})");
        }
        catch (OperationCanceledException)
        {
            // Whoever asked for the end sees it at the next step.
        }
    }
}
