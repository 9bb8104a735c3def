using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>What there is to read of a folder that is followed and holds no file.</summary>
/// <param name="awaited">The paths that are looked at.</param>
internal sealed class NothingYetPlan(string awaited) : IReadPlan
{
    public string? Awaited => awaited;

    public bool IsEmpty => true;

    public Schema Schema { get; } = new();

    public Pushdown Pushdown { get; } = new();

    public long? Bytes => 0;

    public async IAsyncEnumerable<Split> SplitsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield break;
    }

    public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
        => throw new InvalidOperationException("The plan has no splits.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
