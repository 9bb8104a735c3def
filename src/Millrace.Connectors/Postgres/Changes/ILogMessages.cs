namespace Millrace.Connectors.Postgres;

/// <summary>Messages of the log, one by one, as they come. One thread reads at a time.</summary>
internal interface ILogMessages
{
    /// <summary>Place in the log up to which there was nothing but what <see cref="MoveNext"/> has given, or gives next.</summary>
    ulong Received { get; }

    /// <summary>Whether the next message has yet to come, after <see cref="MoveNext"/> returned false.</summary>
    bool IsWaiting { get; }

    /// <summary>Bytes of the message of the last <see cref="MoveNext"/> that found one.</summary>
    int Length { get; }

    /// <summary>Goes to the next message if one is there; false if it has yet to come.</summary>
    bool MoveNext();

    /// <summary>After <see cref="MoveNext"/> returned false: ends when the message is there, or the time is over.</summary>
    ValueTask WaitAsync(TimeSpan time, CancellationToken cancellation);

    /// <summary>Copies the message, once, to room of its length.</summary>
    ValueTask CopyToAsync(Memory<byte> room, CancellationToken cancellation);
}
