namespace Millrace.Storage;

/// <summary>Stores that can keep other processes out for as long as a process lives.</summary>
public interface ILockingStore
{
    /// <summary>Takes a lock that ends with the process at the latest; null when another holds it.</summary>
    /// <param name="name">The lock, an object of this store.</param>
    /// <param name="note">Who takes it; <see cref="ReadLockNoteAsync"/> shows it to others.</param>
    /// <param name="cancellation">Stops the call.</param>
    ValueTask<IStoreLock?> TryLockAsync(string name, string note, CancellationToken cancellation);

    /// <summary>
    /// Takes a lock away from its holder, who is not asked and may go on working: whatever it still does has to be made
    /// harmless by other means. Null when a third was faster, or the system does not allow it.
    /// </summary>
    /// <param name="name">The lock.</param>
    /// <param name="note">Who takes it.</param>
    /// <param name="cancellation">Stops the call.</param>
    ValueTask<IStoreLock?> BreakLockAsync(string name, string note, CancellationToken cancellation);

    /// <summary>What the holder of a lock wrote; null when nobody did.</summary>
    ValueTask<string?> ReadLockNoteAsync(string name, CancellationToken cancellation);

    /// <summary>
    /// Throws away what anybody, living or dead, has staged as one object. Publishing it then fails with
    /// <see cref="StorageErrors.NotFound"/>.
    /// </summary>
    ValueTask RemoveStagedAsync(string name, CancellationToken cancellation);
}

/// <summary>A lock that was taken. Disposing gives it back, unless it was broken.</summary>
public interface IStoreLock : IAsyncDisposable
{
    /// <summary>Whether nobody has broken it so far. Once it is broken it stays so.</summary>
    ValueTask<bool> IsHeldAsync(CancellationToken cancellation);
}
