using Millrace.Columnar;
using Millrace.Connectors.Common;
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
    private readonly RowConversion _conversion;
    private readonly Repertoire? _repertoire;
    private readonly int[] _written;
    private readonly TextLimits? _limits;
    private readonly int _process;
    private CopyIn? _copy;
    private long _epochs;
    private long _rows;
    private long _bytes;
    private bool _isOpen;
    private bool _isFlushed;
    private bool _isBroken;
    private bool _isSilent;

    public PostgresWriter(PostgresServer server, NpgsqlConnection connection, CheckpointTable checkpoints, RowPath path, SinkRequest request, bool liftsLimits)
    {
        _server = server;
        _connection = connection;
        _process = connection.ProcessID;
        _checkpoints = checkpoints;
        _path = path;
        _request = request;
        _limits = liftsLimits ? new TextLimits(path) : null;
        _repertoire = Repertoire.Of(connection.PostgresParameters.GetValueOrDefault("server_encoding"));
        _written = [.. path.Columns.Copied.Select(c => c.Source)];
        _conversion = new RowConversion(path.Columns, path.Table.ToString(), request.Mode.IsByKey() ? request.Key : [], _repertoire, request.Errors ?? FailOnRowError.Instance);
    }

    private bool IsUsable => !_isBroken && _connection.State == System.Data.ConnectionState.Open;

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

            if (_repertoire?.IsNewIn(batch, _written) == true)
            {
                await CompleteCopyAsync(cancellation).ConfigureAwait(false);
                await _repertoire.AskAsync(_connection, cancellation).ConfigureAwait(false);
            }

            using RecordBatch? rows = _conversion.Convert(batch, out _);
            if (rows is null)
            {
                return;
            }

            if (_limits?.Exceeded(rows) is { } lifting)
            {
                // The table is altered between two copies of one transaction.
                await CompleteCopyAsync(cancellation).ConfigureAwait(false);
                await ExecuteAsync(lifting, cancellation).ConfigureAwait(false);
            }

            _copy ??= await CopyIn.BeginAsync(_server, _connection, _path.Destination, _path.Columns, cancellation).ConfigureAwait(false);
            await _copy.WriteAsync(rows, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            throw Fault(e, "rows were written");
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        ThrowIfBroken();
        try
        {
            await BringInAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            throw Fault(e, "rows were brought into the table");
        }
    }

    public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        ThrowIfBroken();
        try
        {
            await BringInAsync(cancellation).ConfigureAwait(false);
            await _checkpoints.GuardAsync(_connection, Math.Max(_request.FencingToken, checkpoint.FencingToken), cancellation).ConfigureAwait(false);
            await _checkpoints.AddAsync(_connection, checkpoint, _request.RunId, _rows, _bytes, cancellation).ConfigureAwait(false);

            // From here on a failure does not say whether the server has committed.
            _isBroken = true;
            await CommitAnswer.WaitAsync(CommitAsync, Missed, cancellation).ConfigureAwait(false);
            _isBroken = false;
            _isOpen = false;
            _isFlushed = false;
            _epochs++;
            _limits?.Commit();
            (long rows, long bytes) = (_rows, _bytes);
            (_rows, _bytes) = (0, 0);
            return new CommitSummary(rows, bytes, [_path.Table.ToString()]);
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            throw Fault(e, _isBroken ? "COMMIT was answered" : "an epoch was made ready for its commit");
        }
    }

    public async ValueTask AbortAsync(CancellationToken cancellation)
    {
        _conversion.Clear();
        _limits?.Abort();
        (_rows, _bytes) = (0, 0);
        if (_copy is { } copy)
        {
            _copy = null;
            if (IsUsable)
            {
                await copy.DisposeAsync().ConfigureAwait(false);
            }
        }

        if (_isOpen && IsUsable)
        {
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                patience.CancelAfter(PostgresServer.MostForEnding);
                await ExecuteAsync("ROLLBACK", patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresFaults.IsOfEnding(e))
            {
                // A connection that is lost, or closed, rolls back by itself.
                _isBroken = true;
            }
        }

        _isOpen = false;
        _isFlushed = false;
    }

    public async ValueTask DisposeAsync()
    {
        await AbortAsync(CancellationToken.None).ConfigureAwait(false);
        await _server.CloseAsync(_connection, _process, _isSilent).ConfigureAwait(false);
    }

    // Once an epoch: the server has then seen every row of it.
    private async ValueTask BringInAsync(CancellationToken cancellation)
    {
        if (_isFlushed)
        {
            return;
        }

        if (!_isOpen)
        {
            await BeginAsync(cancellation).ConfigureAwait(false);
        }

        await CompleteCopyAsync(cancellation).ConfigureAwait(false);
        if (_epochs == 0 && _path.Opening is { Length: > 0 } opening)
        {
            await ExecuteAsync(opening, cancellation).ConfigureAwait(false);
        }

        if (_rows > 0 && _path.IsStaged)
        {
            if (_conversion.Unchanged.Count > 0)
            {
                await ExecuteAsync(_path.FillOf(_conversion.Unchanged), cancellation).ConfigureAwait(false);
                _conversion.Clear();
            }

            if (_request.Errors is { } errors)
            {
                _rows -= await new StagedRows(_connection, _path, _conversion.Given, errors).BringInAsync(cancellation).ConfigureAwait(false);
            }
            else
            {
                await ExecuteAsync(_path.StatementsOf(RowPath.Stage), cancellation).ConfigureAwait(false);
            }
        }

        if (_path.Closing is { Length: > 0 } closing)
        {
            int changed = await ExecuteAsync(closing, cancellation).ConfigureAwait(false);
            _rows = _request.RemovesMissing ? changed : _rows;
        }

        _isFlushed = true;
    }

    private async ValueTask CompleteCopyAsync(CancellationToken cancellation)
    {
        if (_copy is { } copy)
        {
            try
            {
                await copy.CompleteAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                (_isBroken, _isSilent) = (true, true);
                throw;
            }

            _rows += copy.Rows;
            _bytes += copy.Bytes;
            _copy = null;
        }
    }

    private async ValueTask BeginAsync(CancellationToken cancellation)
    {
        await ExecuteAsync("BEGIN", cancellation).ConfigureAwait(false);
        _isOpen = true;
        _conversion.Begin();
    }

    private async ValueTask CommitAsync(CancellationToken cancellation) => await ExecuteAsync("COMMIT", cancellation).ConfigureAwait(false);

    private MillraceException Missed(Exception error)
    {
        _isSilent = true;
        return PostgresErrors.Silent.Error($"{_server.Host}: the run was stopped while COMMIT was not answered; the next one finds out whether the rows are there.", Place, inner: error);
    }

    private async ValueTask<int> ExecuteAsync(string sql, CancellationToken cancellation)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private MillraceException Fault(Exception error, string doing)
    {
        _isSilent |= Silence.Ended(error);
        long? row = error is PostgresException e && PostgresFaults.LineOf(e) is { } line ? _conversion.Given(_rows + line - 1) : null;
        return PostgresFaults.OnRows(error, _server, Place with { Row = row }, doing);
    }

    private void ThrowIfBroken()
    {
        if (_isBroken)
        {
            throw PostgresErrors.Passing.Error($"{_server.Host}: the last commit ended without an answer.", Place);
        }
    }
}
