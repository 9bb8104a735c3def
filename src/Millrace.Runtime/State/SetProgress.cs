using System.Globalization;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// Checkpoints that commands make between the commits of runs: replays of dead letters, and changes of a job's progress. A run that
/// holds nothing while it waits to try again goes on from what a command left, but not from what another run has committed.
/// </summary>
internal static class SetProgress
{
    /// <summary>Marks the notes of a checkpoint as made by a command.</summary>
    /// <param name="notes">Notes of the new checkpoint.</param>
    /// <param name="before">The last checkpoint until now; null when there is none, or none that can be read.</param>
    public static void Mark(Dictionary<string, string> notes, Checkpoint? before)
        => notes[CheckpointNotes.SetAfter] = (before is null ? 0 : RunToken(before)).ToString(CultureInfo.InvariantCulture);

    public static bool IsMarked(Checkpoint checkpoint) => checkpoint.Notes.ContainsKey(CheckpointNotes.SetAfter);

    /// <summary>Fencing token of the last commit of a run: the checkpoint itself, or what commands have found before it.</summary>
    public static long RunToken(Checkpoint checkpoint)
        => checkpoint.Notes.TryGetValue(CheckpointNotes.SetAfter, out string? text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long token)
            ? token
            : checkpoint.FencingToken;
}
