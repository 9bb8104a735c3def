namespace Millrace.Runtime;

/// <summary>Closes an epoch when its rows take so many bytes in memory.</summary>
internal sealed class MemoryBasedBatching(long bytes, TimeSpan? maxWait) : Batching
{
    public const long DefaultBytes = 1 << 20;

    // Fine enough to stop near the limit, coarse enough that a batch is still worth its cost.
    public override int BatchRows => 1024;

    public override TimeSpan? Window => maxWait;

    public override bool IsFull(in EpochSize size) => size.Bytes >= bytes || size.Age >= maxWait;
}
