namespace Millrace.Storage;

/// <summary>Stores that are reached over a network and can say how well, before a run relies on them.</summary>
public interface IProbedStore
{
    /// <summary>Tries to write, to read and what conditions need; leaves nothing behind. Throws where one of them fails.</summary>
    /// <returns>What was found, in a few words each.</returns>
    ValueTask<IReadOnlyList<string>> ProbeAsync(CancellationToken cancellation);
}
