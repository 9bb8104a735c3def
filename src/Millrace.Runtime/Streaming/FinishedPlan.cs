using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime.Streaming;

/// <summary>The plan of a table that has been read to its end, while others are followed.</summary>
internal sealed class FinishedPlan : IReadPlan
{
    private FinishedPlan()
    {
    }

    public static FinishedPlan Instance { get; } = new();

    public Schema Schema => Schema.Empty;

    public bool IsEmpty => true;

    public Pushdown Pushdown { get; } = new();

    public IAsyncEnumerable<Split> SplitsAsync(CancellationToken cancellation) => AsyncEnumerable.Empty<Split>();

    public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
        => throw new InvalidOperationException("There is nothing to read.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
