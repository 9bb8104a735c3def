using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Writes epochs, each as one transaction: rows are loaded into the table, or into a temporary one and merged, and committed
/// together with the checkpoint. After a failure of the commit itself only a new sink can tell how it ended.
/// </summary>
internal sealed class MySqlWriter : ISinkWriter
{
    private readonly MySqlServer _server;
    private readonly MySqlConnection _connection;
    private readonly CheckpointTable _checkpoints;
    private readonly TableName _table;
    private readonly SinkRequest _request;
    private readonly TargetColumns _columns;
    private readonly MergeStatements? _merge;
    private readonly RowConversion _conversion;
    private readonly RowLoader _loader;
    private readonly KeptValues? _kept;
    private readonly KeptRounds? _rounds;
    private readonly bool _replacesAll;
    private IReadOnlyList<string>? _movedNames;
    private long _epochs;
    private long _rows;
    private long _bytesBefore;

    // Number of the batch's first row among those of the epoch that were not set aside.
    private long _firstSent;
    private bool _isOpen;
    private bool _isFlushed;
    private bool _isBroken;

    /// <param name="server">The server.</param>
    /// <param name="connection">Owned from here on.</param>
    /// <param name="checkpoints">Progress.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">Columns of the rows.</param>
    /// <param name="merge">How rows are merged; null where they are added.</param>
    /// <param name="abilities">How rows can be sent.</param>
    /// <param name="request">How the run writes.</param>
    public MySqlWriter(MySqlServer server, MySqlConnection connection, CheckpointTable checkpoints, TableName table, TargetColumns columns, MergeStatements? merge, LoadAbilities abilities, SinkRequest request)
    {
        _server = server;
        _connection = connection;
        _checkpoints = checkpoints;
        _table = table;
        _columns = columns;
        _merge = merge;
        _request = request;
        _replacesAll = request.Mode == WriteMode.Overwrite && !request.Resumes;
        _conversion = new RowConversion(columns, table.ToString(), merge is null ? [] : request.Key, request.Errors ?? FailOnRowError.Instance);
        _kept = merge is not null && columns.Unchanged >= 0 ? new KeptValues(table, columns, request.Key) : null;
        _rounds = _kept is null ? null : new KeptRounds(columns, request.Key);

        // A key that only the staging table refuses may be in the table, whose row would be taken for gone.
        _loader = new RowLoader(
            server, connection, columns, merge is null ? table.Sql : MergeStatements.StageOf(table), merge is not null, abilities, request.RemovesMissing ? null : request.Errors, Place);
    }

    /// <summary>Batches that went by LOAD DATA as a whole.</summary>
    public int Loads => _loader.Loads;

    private ErrorPlace Place => new() { Stream = _table.ToString() };

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        ThrowIfBroken();
        try
        {
            if (!_isOpen)
            {
                await BeginAsync(cancellation).ConfigureAwait(false);
            }

            long before = _conversion.Sent;
            using RecordBatch? rows = _conversion.Convert(batch, out int[]? kept);
            if (rows is not null)
            {
                _firstSent = before;
                Column? unchanged = _columns.Unchanged < 0 ? null : batch[_columns.Unchanged];
                await SendAsync(rows, row => unchanged is null ? null : KeptValues.NamesOf(unchanged, kept?[row] ?? row), cancellation).ConfigureAwait(false);
            }
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnRows(e, _server, Place);
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        ThrowIfBroken();
        try
        {
            await BringInAsync(cancellation).ConfigureAwait(false);
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnRows(e, _server, Place);
        }
    }

    public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        ThrowIfBroken();
        try
        {
            await BringInAsync(cancellation).ConfigureAwait(false);
            long bytes = _loader.Bytes - _bytesBefore;
            await _checkpoints.GuardAsync(_connection, Math.Max(_request.FencingToken, checkpoint.FencingToken), cancellation).ConfigureAwait(false);
            await _checkpoints.AddAsync(_connection, checkpoint, _request.RunId, _rows, bytes, cancellation).ConfigureAwait(false);

            // From here on a failure does not say whether the server has committed.
            _isBroken = true;
            await CommitAnswer.WaitAsync(c => _connection.ExecuteAsync("COMMIT", c), Missed, cancellation).ConfigureAwait(false);
            _isBroken = false;
            _isOpen = false;
            _isFlushed = false;
            _epochs++;
            _checkpoints.Committed(checkpoint, _request.RunId);
            return new CommitSummary(_rows, bytes, [_table.ToString()]);
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnRows(e, _server, Place);
        }
    }

    public async ValueTask AbortAsync(CancellationToken cancellation)
    {
        if (_isOpen && !_isBroken && !_connection.IsBroken)
        {
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                patience.CancelAfter(MySqlServer.MostForEnding);
                await _connection.ExecuteAsync("ROLLBACK", patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ServerException or OperationCanceledException)
            {
                // A connection that is lost, or ended, rolls back by itself.
                _isBroken = true;
            }
        }

        _isBroken |= _connection.IsBroken;
        _isOpen = false;
        _isFlushed = false;
    }

    public async ValueTask DisposeAsync()
    {
        await AbortAsync(CancellationToken.None).ConfigureAwait(false);
        _connection.Dispose();
        _loader.Dispose();
    }

    // Whatever came before the last order to empty the table need not be sent.
    private async ValueTask SendAsync(RecordBatch rows, Func<int, IReadOnlyList<string>?> leftOut, CancellationToken cancellation)
    {
        BinaryColumn? op = _merge is not null && _columns.AreChanges ? (BinaryColumn)rows[_columns.Stored.Count] : null;
        int first = op is null ? 0 : Changes.LastOf(op, ChangeColumns.Truncated) + 1;
        if (first > 0)
        {
            await _connection.ExecuteAsync($"DELETE FROM {MergeStatements.StageOf(_table)}; DELETE FROM {_table.Sql}", cancellation).ConfigureAwait(false);
            _rows += first;
        }

        if (_movedNames is { } moved && first < rows.Length)
        {
            _movedNames = null;
            await ChangeAsync(rows, [first], moved, isMoved: true, cancellation).ConfigureAwait(false);
            first++;
        }

        if (_rounds is null)
        {
            await StageAsync(rows, first, cancellation).ConfigureAwait(false);
            return;
        }

        foreach (KeptRound round in _rounds.Of(rows, first, leftOut))
        {
            await SendAsync(rows, round, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask SendAsync(RecordBatch rows, KeptRound round, CancellationToken cancellation)
    {
        await StageAsync(rows, round.Whole, cancellation).ConfigureAwait(false);
        if (round.IsPlain)
        {
            return;
        }

        await MergeAsync(cancellation).ConfigureAwait(false);
        await _connection.ExecuteAsync($"DELETE FROM {MergeStatements.StageOf(_table)}", cancellation).ConfigureAwait(false);
        foreach ((IReadOnlyList<string> names, List<int> changed) in round.Sets)
        {
            await ChangeAsync(rows, changed, names, isMoved: false, cancellation).ConfigureAwait(false);
        }

        if (round.Moved is not { } moved)
        {
            return;
        }

        await MoveAsync(rows, moved.Row, cancellation).ConfigureAwait(false);
        if (moved.Row + 1 < rows.Length)
        {
            await ChangeAsync(rows, [moved.Row + 1], moved.Names, isMoved: true, cancellation).ConfigureAwait(false);
        }
        else
        {
            _movedNames = moved.Names;
        }
    }

    private ValueTask StageAsync(RecordBatch rows, int first, CancellationToken cancellation)
        => StageAsync(rows, [.. Enumerable.Range(first, rows.Length - first)], cancellation);

    private async ValueTask StageAsync(RecordBatch rows, List<int> chosen, CancellationToken cancellation)
    {
        if (chosen.Count == rows.Length && chosen.Count > 0)
        {
            _rows += await _loader.SendAsync(rows, row => _conversion.Given(_firstSent + row), cancellation).ConfigureAwait(false);
        }
        else if (chosen.Count > 0)
        {
            using RecordBatch part = Take.Rows(rows, [.. chosen]);
            _rows += await _loader.SendAsync(part, row => _conversion.Given(_firstSent + chosen[row]), cancellation).ConfigureAwait(false);
        }
    }

    // Puts the row that another was before it went to its key where that one finds it.
    private async ValueTask MoveAsync(RecordBatch rows, int row, CancellationToken cancellation)
    {
        await _connection.ExecuteAsync($"DELETE FROM {KeptValues.MovedOf(_table)}", cancellation).ConfigureAwait(false);
        await StageAsync(rows, [row], cancellation).ConfigureAwait(false);
        await _connection.ExecuteAsync($"INSERT INTO {KeptValues.MovedOf(_table)} SELECT * FROM {MergeStatements.StageOf(_table)}; DELETE FROM {MergeStatements.StageOf(_table)}", cancellation).ConfigureAwait(false);
    }

    private async ValueTask ChangeAsync(RecordBatch rows, List<int> chosen, IReadOnlyList<string> names, bool isMoved, CancellationToken cancellation)
    {
        await StageAsync(rows, chosen, cancellation).ConfigureAwait(false);
        await _connection.ExecuteAsync(_kept!.StatementsOf(names, isMoved), cancellation).ConfigureAwait(false);
    }

    private async ValueTask MergeAsync(CancellationToken cancellation)
    {
        if (_merge is { RemovesMissing: true })
        {
            await _connection.ExecuteAsync(_merge.StatementsOf(null), cancellation).ConfigureAwait(false);
            _rows = _connection.AffectedRows;
        }
        else if (_merge is not null && _rows > 0)
        {
            _rows -= await new StagedRows(_connection, _merge, _columns, _table, _request.Errors).BringInAsync(cancellation).ConfigureAwait(false);
        }
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

        await MergeAsync(cancellation).ConfigureAwait(false);
        _isFlushed = true;
    }

    // TRUNCATE would commit, so a table that is overwritten is emptied row by row.
    private async ValueTask BeginAsync(CancellationToken cancellation)
    {
        string empty = _merge is null ? "" : $"DELETE FROM {MergeStatements.StageOf(_table)}; ";
        await _connection.ExecuteAsync($"{empty}START TRANSACTION", cancellation).ConfigureAwait(false);
        _isOpen = true;
        _conversion.Begin();
        (_rows, _bytesBefore) = (0, _loader.Bytes);
        _movedNames = null;
        if (_replacesAll && _epochs == 0)
        {
            await _connection.ExecuteAsync($"DELETE FROM {_table.Sql}", cancellation).ConfigureAwait(false);
        }
    }

    private MillraceException Missed(Exception error)
        => MySqlErrors.Silent.Error($"{_server.Host}: the run was stopped while COMMIT was not answered; the next one finds out whether the rows are there.", Place, inner: error);

    private void ThrowIfBroken()
    {
        if (_isBroken)
        {
            throw MySqlErrors.Passing.Error($"{_server.Host}: the last commit ended without an answer, or the connection with it.", Place);
        }
    }
}
