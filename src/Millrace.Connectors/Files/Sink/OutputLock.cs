using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Keeps a second run away from the same output.</summary>
internal static class OutputLock
{
    /// <param name="store">The store of the output.</param>
    /// <param name="name">The lock.</param>
    /// <param name="path">What the user calls the output.</param>
    /// <param name="context">The job.</param>
    /// <param name="cancellation">Stops the call.</param>
    public static async ValueTask<IAsyncDisposable?> TakeAsync(IObjectStore store, string name, string path, ConnectorContext context, CancellationToken cancellation)
    {
        if (store is not ILockingStore locks)
        {
            return null;
        }

        string note = $"job '{context.Job}', process {Environment.ProcessId} on {Environment.MachineName}";
        try
        {
            return await locks.TryLockAsync(name, note, cancellation).ConfigureAwait(false)
                ?? throw FilesErrors.Held(path, await locks.ReadLockNoteAsync(name, cancellation).ConfigureAwait(false));
        }
        catch (MillraceException e) when (e.InnerException is { } fault && LocalFaults.IsFault(fault))
        {
            // The lock is the first file that is written; what keeps it away keeps the output away.
            throw LocalFaults.Explain(fault, path, writing: true);
        }
    }
}
