namespace Millrace.Sdk;

/// <summary>Names of <see cref="Checkpoint.Notes"/>.</summary>
public static class CheckpointNotes
{
    /// <summary>Id of the run, or of the command, that made the checkpoint.</summary>
    public const string Run = "run";

    /// <summary>Epochs before the checkpoint, <c>first-last</c>, whose rows were removed or are read again because somebody set the progress.</summary>
    public const string TakenBack = "taken_back";
}
