using System.Globalization;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// The right to write an output: the lock on it, where the store has locks. Disposing gives it back.
/// </summary>
internal sealed class OutputHold : IAsyncDisposable
{
    private readonly IStoreLock? _lock;

    private OutputHold(IStoreLock? held, bool mayHaveRivals)
    {
        _lock = held;
        MayHaveRivals = mayHaveRivals;
    }

    /// <summary>
    /// Whether a run that had the output before may still be alive: this one takes over, or the store has no locks to tell.
    /// </summary>
    public bool MayHaveRivals { get; }

    /// <param name="store">The store of the output.</param>
    /// <param name="name">The lock.</param>
    /// <param name="path">What the user calls the output.</param>
    /// <param name="job">What one who takes the lock away has to know of the job; a single line.</param>
    /// <param name="context">The job.</param>
    /// <param name="beforeBreak">
    /// Called before a lock is broken, with the holder's job if it is known. What it does has to keep later runs safe from
    /// the holder even if this one dies next, for then the lock is free and tells nothing.
    /// </param>
    /// <param name="cancellation">Stops the call.</param>
    public static async ValueTask<OutputHold> TakeAsync(
        IObjectStore store, string name, string path, string job, ConnectorContext context, Func<ILockingStore, string?, ValueTask> beforeBreak, CancellationToken cancellation)
    {
        if (store is not ILockingStore locks)
        {
            return new OutputHold(null, mayHaveRivals: true);
        }

        string note = NoteOf(job, string.Create(CultureInfo.InvariantCulture, $"since {context.Time.GetUtcNow():u}"), context.Job);
        try
        {
            if (await locks.TryLockAsync(name, note, cancellation).ConfigureAwait(false) is { } free)
            {
                return new OutputHold(free, context.TakesOver);
            }
        }
        catch (MillraceException e) when (e.InnerException is { } fault && LocalFaults.IsFault(fault))
        {
            // The lock is the first file that is written; what keeps it away keeps the output away.
            throw LocalFaults.Explain(fault, path, writing: true);
        }

        string?[] holder = (await locks.ReadLockNoteAsync(name, cancellation).ConfigureAwait(false))?.Split('\n', 2) ?? [];
        string? who = holder.Length == 2 ? holder[1] : null;
        if (!context.TakesOver)
        {
            throw FilesErrors.Held(path, who);
        }

        await beforeBreak(locks, holder.Length == 2 ? holder[0] : null).ConfigureAwait(false);
        IStoreLock taken = await locks.BreakLockAsync(name, note, cancellation).ConfigureAwait(false) ?? throw FilesErrors.Held(path, who);
        context.Note($"'{path}' was taken over from {who ?? "another run"}");
        return new OutputHold(taken, mayHaveRivals: true);
    }

    /// <summary>What stands in a lock: the job as one who breaks it has to know it, and who holds it, for people.</summary>
    public static string NoteOf(string job, string what, string name = "")
        => string.Create(CultureInfo.InvariantCulture, $"{job}\njob '{name}', process {Environment.ProcessId} on {Environment.MachineName}, {what}");

    /// <summary>Whether a note is one of <see cref="NoteOf"/>.</summary>
    public static bool IsNote(string? note)
        => note?.Split('\n', 2) is [_, var who] && who.StartsWith("job '", StringComparison.Ordinal) && who.Contains("', process ", StringComparison.Ordinal);

    /// <summary>Whether nobody has taken the output over so far, as far as a lock can tell.</summary>
    public ValueTask<bool> IsHeldAsync(CancellationToken cancellation) => _lock?.IsHeldAsync(cancellation) ?? new(true);

    /// <summary>Does a step of which a run that was taken over may fail in odd ways, since files vanish under its eyes: then says why.</summary>
    public async ValueTask<T> GuardAsync<T>(string path, Func<ValueTask<T>> step)
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code != ProgressErrors.Fenced)
        {
            if (await IsHeldAsync(CancellationToken.None).ConfigureAwait(false))
            {
                throw;
            }

            throw FilesErrors.TakenOver(path, e);
        }
    }

    public ValueTask DisposeAsync() => _lock?.DisposeAsync() ?? ValueTask.CompletedTask;
}
