namespace Millrace.Connectors.Postgres;

/// <summary>What one attempt to read one table has of a slot that several share.</summary>
internal sealed class SharedTable(SharedSlot shared, TableName table) : ISlotUse
{
    private readonly string _name = table.ToString();
    private TableFeed? _feed;

    public string Slot => shared.Slot;

    public string Publication => shared.Publication;

    public ulong EndOfLog => shared.Stream.EndOfLog;

    public ValueTask FindAsync(CancellationToken cancellation) => shared.FindAsync(cancellation);

    public ValueTask<LoadStart> BeginAsync(TableInfo info, TableHold? hold, bool isTemporary, CancellationToken cancellation)
        => shared.BeginAsync(info, hold, isTemporary, cancellation);

    public async ValueTask<ILogMessages> StartAsync(ChangeTable changed, ChangePosition from, Func<ulong, ulong?> idlePlace, CancellationToken cancellation)
    {
        return _feed = await shared.AttachAsync(changed, from, cancellation).ConfigureAwait(false);
    }

    public ValueTask<ulong> TargetAsync(CancellationToken cancellation) => shared.TargetAsync(cancellation);

    public ValueTask StopAsync()
    {
        if (_feed is { } feed)
        {
            _feed = null;
            shared.Router.Detach(_name, feed);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask AcknowledgeAsync(ulong place, CancellationToken cancellation)
    {
        shared.Acknowledge(_name, place);
        await shared.Stream.ConfirmAsync(cancellation).ConfigureAwait(false);
        await shared.EndMomentAsync(_name).ConfigureAwait(false);
    }

    public void ThrowIfFailed() => shared.Stream.ThrowIfFailed();

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await shared.EndMomentAsync(_name).ConfigureAwait(false);
    }
}
