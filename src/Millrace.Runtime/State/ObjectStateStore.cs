using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>
/// Progress as objects of a store, a folder a job: local files today, any store that puts an object only if it is absent.
/// A new commit takes the next number, so two runs that both believe to hold a job cannot both commit.
/// </summary>
public sealed class ObjectStateStore(IObjectStore store, string description, bool takesOver = false) : IStateStore
{
    /// <summary>Epochs whose checkpoints are kept for looking back and for going back.</summary>
    public const int KeptEpochs = 64;

    public string Description => description;

    /// <summary>The store in a folder of this machine.</summary>
    public static ObjectStateStore Local(string folder, bool takesOver = false) => new(new LocalStore(folder), folder, takesOver);

    public ICheckpointLog Commits(JobId job) => new EpochRecords(store, job);

    /// <summary>What the query of a job keeps.</summary>
    internal Streaming.OperatorStates Operators(JobId job) => new(store, job);

    public async ValueTask<IJobState> OpenAsync(JobId job, CancellationToken cancellation)
    {
        var records = new EpochRecords(store, job);
        IAsyncDisposable? held = await records.LockAsync(takesOver, cancellation).ConfigureAwait(false);
        try
        {
            CommittedEpoch? last = await records.LastAsync(cancellation).ConfigureAwait(false);
            return new JobState(records, last?.Checkpoint, held);
        }
        catch
        {
            if (held is not null)
            {
                await held.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private sealed class JobState(EpochRecords records, Checkpoint? last, IAsyncDisposable? held) : IJobState
    {
        public Checkpoint? Last { get; private set; } = last;

        public async ValueTask CommitAsync(Checkpoint checkpoint, string run, CommitSummary commit, CancellationToken cancellation)
        {
            await records.AppendAsync(new CommittedEpoch(checkpoint, run, commit.Rows, commit.Bytes, commit.Objects), cancellation).ConfigureAwait(false);
            Last = checkpoint;
        }

        public ValueTask DisposeAsync() => held?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
