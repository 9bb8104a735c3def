using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>Reads nothing of a file that went or changed before it could be opened.</summary>
internal sealed class BrokenOffReader(MillraceException why) : ISplitReader
{
    public MillraceException? BrokenOff => why;

    public ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation) => new((SplitBatch?)null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
