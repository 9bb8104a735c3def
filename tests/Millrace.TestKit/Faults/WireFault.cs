using System.Text;

namespace Millrace.TestKit;

/// <summary>What goes wrong on a <see cref="RoughWire"/>, and where.</summary>
public sealed record WireFault
{
    private WireFault(WireDirection direction, WireEnd end) => (Direction, End) = (direction, end);

    /// <summary>What is lost, with all that would follow.</summary>
    public WireDirection Direction { get; }

    public WireEnd End { get; }

    /// <summary>Bytes of a connection that pass before.</summary>
    public long AfterBytes { get; private init; }

    /// <summary>What the request has in it that is lost, or whose answer is; null where bytes are counted.</summary>
    public ReadOnlyMemory<byte>? Request { get; private init; }

    /// <summary>A connection fails after so many bytes in one direction.</summary>
    public static WireFault After(long bytes, WireDirection direction, WireEnd end) => new(direction, end) { AfterBytes = bytes };

    /// <summary>A connection fails at a request with a text in it: before the server gets it, or before the client gets the answer.</summary>
    /// <param name="request">The text.</param>
    /// <param name="lost">What is lost.</param>
    /// <param name="end">How.</param>
    /// <param name="afterBytes">Bytes of requests of the connection, at least, before it.</param>
    public static WireFault At(string request, WireDirection lost, WireEnd end, long afterBytes = 0) => new(lost, end) { Request = Encoding.ASCII.GetBytes(request), AfterBytes = afterBytes };
}

public enum WireDirection
{
    /// <summary>From the client.</summary>
    Request,

    /// <summary>To the client.</summary>
    Answer,
}

public enum WireEnd
{
    /// <summary>Nothing passes any more, and nobody is told.</summary>
    Stall,

    /// <summary>Both ends are told that the connection is gone.</summary>
    Cut,
}
