namespace Millrace.Formats;

/// <summary>Writes into a stream that the caller owns.</summary>
public sealed class StreamByteTarget(Stream stream, string name = "(stream)") : IByteTarget
{
    public string Name => name;

    public long Position { get; private set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await stream.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        Position += bytes.Length;
    }
}
