namespace Millrace.Formats;

/// <summary>
/// Takes the bytes of one file, in order. Nothing is visible to readers of the place where the file goes until its owner
/// publishes it; a format writer never decides that.
/// </summary>
public interface IByteTarget
{
    /// <summary>What the user calls the file: for messages.</summary>
    string Name { get; }

    /// <summary>Bytes written so far.</summary>
    long Position { get; }

    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);
}
