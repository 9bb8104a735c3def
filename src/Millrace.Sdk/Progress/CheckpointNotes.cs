namespace Millrace.Sdk;

/// <summary>Names of <see cref="Checkpoint.Notes"/>.</summary>
public static class CheckpointNotes
{
    /// <summary>Id of the run that made the checkpoint.</summary>
    public const string Run = "run";
}
