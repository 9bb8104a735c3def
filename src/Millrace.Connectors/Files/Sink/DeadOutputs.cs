using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// What processes that were killed have left in a folder, whatever their job: hidden files that were to become outputs, and the
/// locks beside them. A lock that nobody holds tells that its run is dead, and while it is held here no other begins.
/// </summary>
internal static class DeadOutputs
{
    private const string Ending = ".lock";

    /// <summary>The lock on a file that is written as a whole.</summary>
    public static string LockOf(string name) => $".{name}{Ending}";

    public static async ValueTask RemoveAsync(IObjectStore store, CancellationToken cancellation)
    {
        if (store is not ILockingStore locks)
        {
            return;
        }

        var found = new List<string>();
        await foreach (ObjectInfo info in store.ListAsync(".", static _ => false, cancellation).ConfigureAwait(false))
        {
            if (info.Name.EndsWith(Ending, StringComparison.Ordinal) && info.Name.Length > 1 + Ending.Length)
            {
                found.Add(info.Name);
            }
        }

        foreach (string name in found)
        {
            try
            {
                await RemoveAsync(locks, name, cancellation).ConfigureAwait(false);
            }
            catch (MillraceException)
            {
                // Of another user, perhaps: what it was is no business of this run.
            }
        }
    }

    private static async ValueTask RemoveAsync(ILockingStore locks, string name, CancellationToken cancellation)
    {
        // Many programs have files of such names.
        if (!OutputHold.IsNote(await locks.ReadLockNoteAsync(name, cancellation).ConfigureAwait(false))
            || await locks.TryLockAsync(name, OutputHold.NoteOf("", "removes what is left of a run"), cancellation).ConfigureAwait(false) is not { } held)
        {
            return;
        }

        await using (held.ConfigureAwait(false))
        {
            await locks.RemoveStagedAsync(name[1..^Ending.Length], cancellation).ConfigureAwait(false);
        }
    }
}
