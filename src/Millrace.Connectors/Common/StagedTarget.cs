using Millrace.Formats;
using Millrace.Storage;

namespace Millrace.Connectors.Common;

/// <summary>A staged object as a format's output.</summary>
public sealed class StagedTarget(IStagedObject staged, string name) : IByteTarget
{
    public string Name => name;

    public long Position => staged.Position;

    /// <summary>Whether the file is given up: what a writer still holds then goes nowhere.</summary>
    public bool IsAbandoned { get; set; }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        => IsAbandoned ? ValueTask.CompletedTask : staged.WriteAsync(bytes, cancellation);
}
