namespace Millrace.Runtime;

/// <summary>The run is one epoch: all of it arrives or nothing.</summary>
internal sealed class WholeRunBatching : Batching
{
    public override bool IsFull(in EpochSize size) => false;
}
