using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// Keeps the progress of jobs whose targets cannot: pipes, services that take rows and forget them. Local files are one;
/// any place with conditional writes can be another.
/// </summary>
public interface IStateStore : IAsyncDisposable
{
    /// <summary>Where it is, for messages.</summary>
    string Description { get; }

    /// <summary>The commits of a job, for looking at and for changing while no run holds it.</summary>
    ICheckpointLog Commits(JobId job);

    /// <summary>Takes the job's progress for a run. Fails while another run holds it.</summary>
    ValueTask<IJobState> OpenAsync(JobId job, CancellationToken cancellation);
}

/// <summary>A job's progress in the hands of one run, until it is disposed.</summary>
public interface IJobState : IAsyncDisposable
{
    /// <summary>The last checkpoint; null for a job that never committed.</summary>
    Checkpoint? Last { get; }

    /// <summary>Keeps a checkpoint, durably. Fails when another run has taken over meanwhile.</summary>
    ValueTask CommitAsync(Checkpoint checkpoint, string run, CommitSummary commit, CancellationToken cancellation);
}

/// <summary>A job in all tenants.</summary>
public readonly record struct JobId(string Tenant, string Job);
