using Millrace.Columnar;

namespace Millrace.Sdk;

/// <summary>A source that can decode rows again which it once reported as bad, from their bytes alone.</summary>
public interface IReplaySource
{
    /// <summary>Decides how rows are decoded: with the options as they are now, and with what their contexts tell of the rest.</summary>
    /// <param name="request">Columns and types wanted now. Positions, filters and limits do not matter.</param>
    /// <param name="origins">Where the rows are from, each origin once.</param>
    /// <param name="cancellation">Stops the planning.</param>
    ValueTask<IReplayPlan> PlanReplayAsync(ReadRequest request, IReadOnlyCollection<ReplayOrigin> origins, CancellationToken cancellation);
}

/// <summary>How rows are decoded again. One thread uses it.</summary>
public interface IReplayPlan : IAsyncDisposable
{
    /// <summary>Schema of every batch.</summary>
    Schema Schema { get; }

    /// <summary>Opens a reader over the bytes of one row.</summary>
    /// <param name="raw">The bytes, which stay as they are while the reader lives.</param>
    /// <param name="origin">One of the plan's origins.</param>
    /// <param name="errors">Gets the row if it is still bad.</param>
    /// <param name="cancellation">Stops the opening.</param>
    ValueTask<ISplitReader> OpenAsync(ReadOnlyMemory<byte> raw, ReplayOrigin origin, IRowErrorHandler errors, CancellationToken cancellation);
}

/// <summary>Where a row is from, as its source told when it found the row bad.</summary>
/// <param name="File">File of the row.</param>
/// <param name="Context">What decoding needs beside the options, as JSON text: <see cref="RowError.Context"/>.</param>
public sealed record ReplayOrigin(string? File, string? Context);
