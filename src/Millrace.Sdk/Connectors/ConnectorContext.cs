namespace Millrace.Sdk;

/// <summary>What a connector knows of the job it works for.</summary>
public sealed record ConnectorContext
{
    /// <summary>What stands for standard output among <see cref="Outputs"/>.</summary>
    public const string StandardOutput = "-";

    /// <summary>Name of the job, unique within its tenant.</summary>
    public required string Job { get; init; }

    public string Tenant { get; init; } = "default";

    /// <summary>Folder against which relative paths are resolved.</summary>
    public string BaseDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>
    /// What the job writes on this machine: absolute paths of files, and of folders with a slash at the end, and
    /// <see cref="StandardOutput"/>. A source that reads files leaves them out.
    /// </summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>
    /// What tells the target of the job from those of other jobs, the same in every run; not for people. Sources name after it
    /// what they leave on their server for the next run.
    /// </summary>
    public string Target { get; init; } = "";

    /// <summary>Clock; tests set it.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Threads the connector may keep busy at once.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Whether the run takes a target over from another that still holds it: one that hangs, or is gone with its machine.
    /// The sink fences the other off first, so that what it still does never becomes visible.
    /// </summary>
    public bool TakesOver { get; init; }

    /// <summary>The job of several streams to which this one belongs; null for a job of one.</summary>
    public JobGroup? Group { get; init; }

    /// <summary>What the sources of streams that are read together share; null for a stream that is read by itself.</summary>
    public SharedReads? Shared { get; init; }

    /// <summary>Receives remarks for the user that are no errors: what was sniffed, skipped or assumed. Thread-safe.</summary>
    public Action<string> Note { get; init; } = static _ => { };
}

/// <summary>A job of several streams, each of which is read by a run of its own.</summary>
/// <param name="Job">Name of the job.</param>
/// <param name="Target">What tells the targets of the job from those of others, as <see cref="ConnectorContext.Target"/> does for one stream.</param>
public sealed record JobGroup(string Job, string Target);
