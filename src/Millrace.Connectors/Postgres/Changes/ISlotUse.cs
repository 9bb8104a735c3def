namespace Millrace.Connectors.Postgres;

/// <summary>What one attempt to read the changes of one table has of a replication slot: its own, or one that several tables share.</summary>
internal interface ISlotUse : IAsyncDisposable
{
    /// <summary>Name of the slot, or of the one that a first read makes.</summary>
    string Slot { get; }

    string Publication { get; }

    /// <summary>The end of the server's log as far as is known; 0 before anything is.</summary>
    ulong EndOfLog { get; }

    /// <summary>Finds out what an earlier run has left, before anything is made.</summary>
    ValueTask FindAsync(CancellationToken cancellation);

    /// <summary>Makes what a first read needs, and gives the place where its changes begin and the snapshot of just that moment.</summary>
    /// <param name="table">The table.</param>
    /// <param name="hold">Keeps it as it was planned; null where its rows are not read.</param>
    /// <param name="isTemporary">Whether nothing is to be left on the server.</param>
    /// <param name="cancellation">Stops it.</param>
    ValueTask<LoadStart> BeginAsync(TableInfo table, TableHold? hold, bool isTemporary, CancellationToken cancellation);

    /// <summary>Messages behind a position; what was started before must have been stopped.</summary>
    /// <param name="table">The table.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="idlePlace">The place before which all is committed when nothing is open, given what was acknowledged.</param>
    /// <param name="cancellation">Stops it.</param>
    ValueTask<ILogMessages> StartAsync(ChangeTable table, ChangePosition from, Func<ulong, ulong?> idlePlace, CancellationToken cancellation);

    /// <summary>Place in the log up to which a run that does not follow reads.</summary>
    ValueTask<ulong> TargetAsync(CancellationToken cancellation);

    /// <summary>Ends the messages.</summary>
    ValueTask StopAsync();

    /// <summary>The target has committed every transaction that was committed before a place.</summary>
    ValueTask AcknowledgeAsync(ulong place, CancellationToken cancellation);

    void ThrowIfFailed();
}

/// <summary>Where a first read begins.</summary>
/// <param name="Start">The place behind the rows that are there.</param>
/// <param name="Snapshot">Shows them; null where they are not read.</param>
/// <param name="Turn">Is given up when they are read; null for nothing to give up.</param>
internal sealed record LoadStart(ChangePosition Start, ExportedSnapshot? Snapshot, IAsyncDisposable? Turn = null);
