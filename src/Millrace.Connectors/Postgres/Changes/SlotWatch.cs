using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// While changes are read: lets the server forget log that holds nothing for the job, and says when it keeps too much.
/// </summary>
internal sealed class SlotWatch : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly string _slot;
    private readonly PostgresSourceOptions _options;
    private readonly ConnectorContext _context;
    private readonly ErrorPlace _place;
    private readonly Func<CancellationToken, ValueTask> _beat;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private MillraceException? _failure;
    private bool _isTold;
    private ulong _endOfLog;

    /// <param name="server">The server.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="options">How often, and how much is too much.</param>
    /// <param name="context">Hears what there is to say.</param>
    /// <param name="place">The table.</param>
    /// <param name="beat">Tells the server how far the job is.</param>
    public SlotWatch(PostgresServer server, string slot, PostgresSourceOptions options, ConnectorContext context, ErrorPlace place, Func<CancellationToken, ValueTask> beat)
    {
        _server = server;
        _slot = slot;
        _options = options;
        _context = context;
        _place = place;
        _beat = beat;
        _work = Task.Run(WorkAsync);
    }

    /// <summary>The end of the server's log at the last look; 0 before the first.</summary>
    public ulong EndOfLog => Volatile.Read(ref _endOfLog);

    public void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw failure;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            try
            {
                await _beat(_stop.Token).ConfigureAwait(false);
                await LookAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (!_stop.IsCancellationRequested && (e is MillraceException || ReplicationStream.IsOfDriver(e)))
            {
                // A server that is away is the reader's to notice; the next look may find it again.
            }

            await Task.Delay(_options.Heartbeat, _context.Time, _stop.Token).ConfigureAwait(false);
        }
    }

    private async ValueTask LookAsync(CancellationToken cancellation)
    {
        SlotInfo? slot = await _server.AskAsync(connection => Slots.FindAsync(connection, _slot, cancellation), _place, cancellation).ConfigureAwait(false);
        Volatile.Write(ref _endOfLog, slot?.EndOfLog ?? 0);
        if (slot is null || _options.SlotLagLimit.Bytes == 0 || (slot.Retained <= _options.SlotLagLimit.Bytes && slot.Status != "unreserved"))
        {
            _isTold = false;
            return;
        }

        string what = slot.Status == "unreserved"
            ? $"the server is about to remove log that the slot '{_slot}' needs (`max_slot_wal_keep_size` is {slot.MostRetained})"
            : $"the server keeps {new ByteSize(slot.Retained)} of log for the slot '{_slot}'; `slot_lag_limit` is {_options.SlotLagLimit}";
        if (_options.OnSlotLag == SlotLagAction.Fail)
        {
            Volatile.Write(ref _failure, ChangeErrors.Lag.Error($"{char.ToUpperInvariant(what[0])}{what[1..]}.", _place));
        }
        else if (!_isTold)
        {
            _isTold = true;
            _context.Note(what);
        }
    }
}
