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

    // Most time by which something is too old before all that is old enough goes: looking for its files reads manifests. The table itself
    // tells, so that runs of one commit each do not do it every time.
    private static readonly TimeSpan MostDelay = TimeSpan.FromHours(1);

    private readonly TimeSpan _delay = olderThan / 10 < MostDelay ? olderThan / 10 : MostDelay;
    private long? _failed;

    /// <summary>Expires what is old, once something of it has been for a while. The commits go on whatever happens here: what stays goes another time.</summary>
    public ValueTask RunAsync(IcebergTable table, CancellationToken cancellation) => RunAsync(table, _delay, cancellation);

    /// <summary>The same at once, for a table that can take no more snapshots.</summary>
    public ValueTask MakeRoomAsync(IcebergTable table, CancellationToken cancellation) => RunAsync(table, TimeSpan.Zero, cancellation);

    private async ValueTask RunAsync(IcebergTable table, TimeSpan delay, CancellationToken cancellation)
    {
        try
        {
            DateTimeOffset now = time.GetUtcNow();
            if (Retention.Of(table.Metadata, path, new ExpiryOptions { OlderThan = now - delay - olderThan }, now - delay).IsEmpty
                || (_failed is { } failed && time.GetElapsedTime(failed) < delay))
            {
                return;
            }

            await new SnapshotExpiry(table, path, new ExpiryOptions { OlderThan = now - olderThan }, time).RunAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Whoever asked for the end sees it at the next step.
        }
        catch (Exception e)
        {
            _failed = time.GetTimestamp();
            note($"old snapshots of '{path}' stay for now: {e.Message}{(e is MillraceException { Code: var code } ? $" ({code.Id})" : "")}");
        }
    }
}
