namespace Millrace.Sdk;

/// <summary>The reading side of a connector. Methods are called one at a time; the plan it makes is used by several lanes.</summary>
public interface ISource : IAsyncDisposable
{
    /// <summary>
    /// The system behind the source as <c>connector:host</c>, the same for all that share its fate; null for what is local,
    /// such as files. Failures of one remote count together, whichever job sees them.
    /// </summary>
    string? Remote => null;

    /// <summary>Can it be reached, and may the job read? Reports every finding instead of stopping at the first.</summary>
    ValueTask<CheckReport> CheckAsync(CancellationToken cancellation);

    /// <summary>What a read of a stream needs beyond what a look at the whole finds, one finding for each; without changing anything.</summary>
    ValueTask<CheckReport> CheckReadAsync(ReadRequest request, CancellationToken cancellation) => ValueTask.FromResult(CheckReport.Of());

    /// <summary>
    /// How far the target's last commit lies behind the source, for sources that can tell; null while that is not known. Any
    /// thread may ask at any time, and nobody waits.
    /// </summary>
    SourceLag? Lag => null;

    /// <summary>The streams on offer, with their schemas.</summary>
    IAsyncEnumerable<StreamDescription> DiscoverAsync(CancellationToken cancellation);

    /// <summary>Decides how a stream is read.</summary>
    ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation);

    /// <summary>Whether rows can be read a second time; false for pipes and the like, whose rows are gone once read.</summary>
    bool CanReplay => true;

    /// <summary>
    /// Whether a full read that was cut off can go on at a position that it reached, and gives the same rows then as one that was
    /// not. Where it cannot, the runtime makes a full read one epoch, and a later run begins anew.
    /// </summary>
    /// <param name="stream">The stream; null for sources that have just one.</param>
    /// <param name="cancellation">Stops the asking.</param>
    ValueTask<bool> ResumesFullReadsAsync(string? stream, CancellationToken cancellation) => ValueTask.FromResult(true);

    /// <summary>
    /// Ends as soon as there may be more to read than the last plan found, for sources that can tell; the runtime asks from
    /// time to time anyway, and then cancels this and waits for its end. What it throws is an error of the run.
    /// </summary>
    async ValueTask ChangedAsync(CancellationToken cancellation)
        => await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>The sink has committed up to here: the source may forget what lies before. Called after every commit.</summary>
    ValueTask AcknowledgeAsync(Checkpoint checkpoint, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>
    /// The progress of a job is given up for good: removes what the source keeps for its reads of a stream, such as log that only
    /// it needs. Says what was removed, and what was not, a sentence each.
    /// </summary>
    ValueTask<IReadOnlyList<string>> ForgetAsync(ReadRequest request, CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<string>>([]);
}
