using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>The changes of one table in the order of their commits, as messages that come one by one. One reader at a time uses it.</summary>
internal interface IChangeLog
{
    bool IsInTransaction { get; }

    /// <summary>Every transaction committed before this place was read.</summary>
    ulong End { get; }

    /// <summary>Place up to which the server has looked for changes and sent those that it found.</summary>
    ulong Received { get; }

    /// <summary>Whether the next message has yet to come, after <see cref="MoveNext"/> returned false.</summary>
    bool IsWaiting { get; }

    /// <summary>Goes to the next message if one is there; false if it has yet to come.</summary>
    bool MoveNext();

    /// <summary>After <see cref="MoveNext"/> returned false: ends when the message is there, or the time is over.</summary>
    ValueTask WaitAsync(TimeSpan time, CancellationToken cancellation);

    /// <summary>Takes the message at which the log stands.</summary>
    /// <param name="rows">Gets the rows of the table.</param>
    /// <param name="slots">For each column of the stream its place in the rows.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Whether the columns are others from now on.</returns>
    ValueTask<bool> TakeAsync(ChangeRows rows, int[] slots, CancellationToken cancellation);
}

/// <summary>What keeps a log from one read to the next.</summary>
internal interface IChangeCapture
{
    /// <summary>The table.</summary>
    ErrorPlace Place { get; }

    /// <summary>Whether an exception is of the way to the server, and not the caller's own wish to stop.</summary>
    bool IsOfStream(Exception error, CancellationToken cancellation);

    MillraceException Explain(Exception error);

    void ThrowIfFailed();

    /// <summary>Whether the plan was made for the columns that the log has now.</summary>
    bool Fits(IChangeLog log);

    /// <summary>Rows are handed over; the position behind them.</summary>
    Position HandOut(IChangeLog log);

    /// <summary>A reader has ended.</summary>
    /// <param name="isWhole">Whether it has handed over all that it took from the log.</param>
    void Returned(bool isWhole);
}
