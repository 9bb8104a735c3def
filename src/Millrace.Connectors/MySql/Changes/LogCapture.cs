using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// The changes of one table for one attempt of a run: the log, which goes on from one plan to the next as long as each takes up where the last one
/// ended.
/// </summary>
internal sealed class LogCapture : IChangeCapture, IDisposable
{
    private const long MostSilent = 16 << 20;

    // Other servers may have less of their log than this one.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private readonly MySqlServer _server;
    private readonly MySqlSourceOptions _options;
    private readonly ConnectorContext _context;
    private readonly OpenChanges _open = new();
    private readonly uint _number;
    private TableLog? _log;
    private TableMap? _planned;
    private LogPosition _handedOut;
    private bool _isWhole = true;
    private long _committed;

    public LogCapture(MySqlServer server, MySqlSourceOptions options, ConnectorContext context, TableName table)
    {
        _server = server;
        _options = options;
        _context = context;
        _number = options.ServerId is { } number ? (uint)number : LogNumber.Of(context, table);
        Place = new ErrorPlace { Stream = table.ToString() };
    }

    public ErrorPlace Place { get; }

    /// <summary>The last that is known of the columns in the log; null before it began.</summary>
    public TableMap? Shape => _log?.Decoder.Shape;

    /// <summary>How far the log is read, where that is far behind a position, or in another file, or nothing was committed for long; null where it is not.</summary>
    public LogPosition? WorthTelling(LogPosition since)
        => _log is { Decoder: var decoder } && !decoder.IsInTransaction && IsFar(decoder.Reached, since) ? decoder.Position : null;

    /// <summary>When the newest transaction read was committed.</summary>
    public DateTimeOffset? NewestCommit => _log is { Decoder.NewestCommit: > 0 and long time } ? DateTimeOffset.UnixEpoch.AddMicroseconds(time) : null;

    /// <summary>How far the target is behind; null before the log is read.</summary>
    public SourceLag? Lag => _log is null ? null : new SourceLag(_open.Age(_context.Time.GetUtcNow()));

    public bool IsOfStream(Exception error, CancellationToken cancellation) => error is ServerException && !cancellation.IsCancellationRequested;

    public MillraceException Explain(Exception error) => LogFaults.OnLog((ServerException)error, _server, _handedOut, _number, Place);

    /// <summary>The columns that a plan was made for; null before the log has told.</summary>
    public void Plan(TableMap? shape) => _planned = shape;

    public bool Fits(IChangeLog log) => _planned?.IsSame(((TableLog)log).Decoder.Shape!) == true;

    public Position HandOut(IChangeLog log)
    {
        _handedOut = ((TableLog)log).Decoder.Position;
        return _handedOut.ToPosition();
    }

    public void Returned(bool isWhole) => _isWhole = isWhole;

    public void ThrowIfFailed()
    {
        // What fails is heard of by reading.
    }

    /// <summary>The log behind a position: the one that is open if it stands there, else a new one.</summary>
    /// <param name="table">The table.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="follows">Whether the run does.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The log, and the place up to which something may yet come that is there already.</returns>
    public async ValueTask<(TableLog Log, ulong Target)> OpenAsync(LogTable table, LogPosition from, bool follows, CancellationToken cancellation)
    {
        try
        {
            bool goesOn = _log is not null && _isWhole && (from == _handedOut || from == _log.Decoder.Position);
            ulong target = 0;
            if (!goesOn || !follows)
            {
                using MySqlConnection connection = await _server.OpenAsync(cancellation).ConfigureAwait(false);
                LogPosition end = await LogEnd.RequireAsync(connection, Place, cancellation).ConfigureAwait(false);
                LogStart? start = goesOn ? null : await LogStart.FindAsync(connection, _server.Host, from, Place, cancellation).ConfigureAwait(false);
                target = (end with { Shift = start?.From.Shift ?? _log!.Decoder.Position.Shift }).Place;
                if (start is not null)
                {
                    Dispose();
                    await StartAsync(table, start, target, cancellation).ConfigureAwait(false);
                    _handedOut = from;
                    _committed = _context.Time.GetTimestamp();
                }
            }

            _isWhole = false;
            return (_log!, target);
        }
        catch (ServerException e)
        {
            throw Explain(e);
        }
    }

    /// <summary>Ends when an event has come, or may have.</summary>
    public async ValueTask ChangedAsync(CancellationToken cancellation)
    {
        while (_log is { IsWaiting: true } log && !cancellation.IsCancellationRequested)
        {
            try
            {
                await log.WaitAsync(_options.Heartbeat, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public void Acknowledge(LogPosition position)
    {
        _committed = _context.Time.GetTimestamp();
        _open.Committed(position.Place);
    }

    public void Dispose()
    {
        _log?.Dispose();
        _log = null;
    }

    /// <summary>Fails where a server lacks what is read, or what is yet to be.</summary>
    public async ValueTask RequireAsync(MySqlConnection connection, string host, LogPosition since, CancellationToken cancellation)
        => await LogStart.FindAsync(connection, host, since, Place, cancellation).ConfigureAwait(false);

    private bool IsFar((string File, long At) reached, LogPosition since)
        => reached.File != since.File
            || reached.At - since.At > MostSilent
            || (reached.At > since.At && _context.Time.GetElapsedTime(_committed) >= LongestSilence);

    private async ValueTask StartAsync(LogTable table, LogStart start, ulong target, CancellationToken cancellation)
    {
        LogPosition from = start.From;
        if (!start.IsMoved && target < from.Place)
        {
            throw LogErrors.Lost.Error($"The log is read up to {from.Describe()}, and that of the server ends before.", Place);
        }

        // Three times as long as the server is ever silent.
        MySqlConnection connection = await _server.OpenAsync(_options.Heartbeat * 3, cancellation).ConfigureAwait(false);
        string? gtids = start.IsFoundByServer ? from.Gtids : null;
        LogConnection log = await connection.RunAsync(() => LogConnection.Open(connection, _number, from, gtids, _options.Heartbeat), cancellation).ConfigureAwait(false);
        var half = HalfTransactions.Of($"{_server.Host} {start.History.Server}");
        _log = new TableLog(new LogPump(log), new LogDecoder(table.Name, table.IgnoresCase, from.Reachable, _open, _context.Note, start.IsFoundByServer, start.History.HasGtids, half));
        if (start.IsMoved)
        {
            _context.Note($"{table.Name}: the log is read on at {_server.Host}, behind {from.Gtids}");
        }
    }
}
