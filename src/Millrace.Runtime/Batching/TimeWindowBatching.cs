namespace Millrace.Runtime;

/// <summary>Closes an epoch a time after its first row.</summary>
internal sealed class TimeWindowBatching(TimeSpan window) : Batching
{
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromSeconds(1);

    public override TimeSpan? Window => window;

    public override bool IsFull(in EpochSize size) => size.Age >= window;
}
