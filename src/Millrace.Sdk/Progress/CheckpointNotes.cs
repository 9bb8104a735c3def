namespace Millrace.Sdk;

/// <summary>Names of <see cref="Checkpoint.Notes"/>.</summary>
public static class CheckpointNotes
{
    /// <summary>Id of the run, or of the command, that made the checkpoint.</summary>
    public const string Run = "run";

    /// <summary>Epochs before the checkpoint, <c>first-last</c>, whose rows were removed or are read again because somebody set the progress.</summary>
    public const string TakenBack = "taken_back";

    /// <summary>
    /// On a checkpoint that a command made, not a run: fencing token of the last commit of a run before it, so that a run which
    /// waits meanwhile can tell the command from a rival.
    /// </summary>
    public const string SetAfter = "set_after";

    /// <summary>Files that the state of a query is made of, the full one first: <c>12-1700000000000,13-1700000000000</c>.</summary>
    public const string State = "state";

    /// <summary>The inputs of a query had ended, and its result is whole.</summary>
    public const string InputsEnded = "inputs_ended";
}
