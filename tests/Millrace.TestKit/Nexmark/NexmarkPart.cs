namespace Millrace.TestKit.Nexmark;

/// <summary>The lines of a range of events. Any split of a range gives the same lines.</summary>
public sealed class NexmarkPart
{
    private readonly NexmarkLines[] _lines = [new(), new(), new()];

    /// <param name="options">What decides the events.</param>
    /// <param name="from">Number of the first event.</param>
    /// <param name="to">Number behind the last one.</param>
    public NexmarkPart(NexmarkOptions options, long from, long to)
    {
        for (long number = from; number < to; number++)
        {
            NexmarkEvents.Append(_lines[(int)NexmarkOrder.Kind(number)], options, number);
        }
    }

    /// <summary>The lines of one kind as UTF-8, in the order of the events.</summary>
    public ReadOnlySpan<byte> Lines(NexmarkKind kind) => _lines[(int)kind].Written;
}
