using Millrace.Columnar;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Writes epochs, each as one transaction: rows are copied into the table or beside it, brought in, and committed together with
/// the checkpoint. After a failure of the commit itself only a new sink can tell how it ended.
/// </summary>
internal sealed class PostgresWriter : ISinkWriter
{
    private readonly PostgresServer _server;
    private readonly NpgsqlConnection _connection;
    private readonly CheckpointTable _checkpoints;
    private readonly RowPath _path;
    private readonly SinkRequest _request;
    private CopyIn? _copy;
    private long _epochs;
    private bool _isOpen;
    private bool _isBroken;

    public PostgresWriter(PostgresServer server, NpgsqlConnection connection, CheckpointTable checkpoints, RowPath path, SinkRequest request)
    {
        _server = server;
        _connection = connection;
        _checkpoints = checkpoints;
        _path = path;
        _request = request;
    }

    private ErrorPlace Place => new() { Stream = _path.Table.ToString() };

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        ThrowIfBroken();
        try
        {
            if (!_isOpen)
            {
                await BeginAsync(cancellation).ConfigureAwait(false);
            }

            _copy ??= await CopyIn.BeginAsync(_connection, _path.Destination, _path.Columns, cancellation).ConfigureAwait(false);
            await _copy.WriteAsync(batch, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            throw PostgresFaults.OnStatement(e, _server, Place);
        }
    }

    public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        ThrowIfBroken();
        try
        {
            if (!_isOpen)
            {
                await BeginAsync(cancellation).ConfigureAwait(false);
            }

            long rows = 0;
            long bytes = 0;
            if (_copy is { } copy)
            {
                await copy.CompleteAsync(cancellation).ConfigureAwait(false);
                (rows, bytes) = (copy.Rows, copy.Bytes);
                _copy = null;
            }

            if (_path.StatementsFor(rows, _epochs == 0) is { Length: > 0 } sql)
            {
                await ExecuteAsync(sql, cancellation).ConfigureAwait(false);
            }

            await _checkpoints.GuardAsync(_connection, Math.Max(_request.FencingToken, checkpoint.FencingToken), cancellation).ConfigureAwait(false);
            await _checkpoints.AddAsync(_connection, checkpoint, _request.RunId, rows, bytes, cancellation).ConfigureAwait(false);

            // From here on a failure does not say whether the server has committed.
            _isBroken = true;
            await ExecuteAsync("COMMIT", CancellationToken.None).ConfigureAwait(false);
            _isBroken = false;
            _isOpen = false;
            _epochs++;
            _checkpoints.Committed(checkpoint, _request.RunId);
            return new CommitSummary(rows, bytes, [_path.Table.ToString()]);
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            throw PostgresFaults.OnStatement(e, _server, Place);
        }
    }

    public async ValueTask AbortAsync(CancellationToken cancellation)
    {
        if (_copy is { } copy)
        {
            _copy = null;
            await copy.DisposeAsync().ConfigureAwait(false);
        }

        if (_isOpen && !_isBroken && _connection.State == System.Data.ConnectionState.Open)
        {
            try
            {
                await ExecuteAsync("ROLLBACK", cancellation).ConfigureAwait(false);
            }
            catch (NpgsqlException)
            {
                // A connection that is lost has rolled back by itself.
                _isBroken = true;
            }
        }

        _isOpen = false;
    }

    public async ValueTask DisposeAsync()
    {
        await AbortAsync(CancellationToken.None).ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask BeginAsync(CancellationToken cancellation)
    {
        await ExecuteAsync("BEGIN", cancellation).ConfigureAwait(false);
        _isOpen = true;
    }

    private async ValueTask ExecuteAsync(string sql, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private void ThrowIfBroken()
    {
        if (_isBroken)
        {
            throw PostgresErrors.Passing.Error($"{_server.Host}: the last commit ended without an answer.", Place);
        }
    }
}
