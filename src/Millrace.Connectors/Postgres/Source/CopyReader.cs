using Millrace.Connectors.Common;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Reads the rows of a query from the binary output of COPY.</summary>
internal sealed class CopyReader : ISplitReader
{
    private readonly PostgresServer _server;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlRawCopyStream _stream;
    private readonly CopyRows _rows;
    private readonly BatchDecoder _decoder;
    private readonly TableColumns _columns;
    private readonly ProgressMarker _marker;
    private readonly ErrorPlace _place;
    private long _done;
    private long _bytesTold;
    private bool _isOver;

    public CopyReader(PostgresServer server, NpgsqlConnection connection, NpgsqlRawCopyStream stream, TableColumns columns, int batchRows, ProgressMarker marker, ErrorPlace place, IRowErrorHandler errors)
    {
        _server = server;
        _connection = connection;
        _stream = stream;
        _columns = columns;
        _marker = marker;
        _place = place;
        _rows = new CopyRows(stream, columns.Count + marker.Columns, batchRows);
        _decoder = new BatchDecoder(columns.Schema, columns.MakeDecoders(batchRows), new BadRows(PostgresErrors.ValueDoesNotFit, columns.Schema, errors), place);
    }

    public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            while (await _rows.ReadAsync(cancellation).ConfigureAwait(false))
            {
                long first = _done;
                _done += _rows.Rows;
                if (_decoder.Decode(_rows, first) is not { } batch)
                {
                    continue;
                }

                long told = _rows.BytesRead - _bytesTold;
                _bytesTold = _rows.BytesRead;
                return new SplitBatch(batch, _marker.Behind(_rows, _columns.Count, _done), told) { Origin = _place with { Row = first } };
            }

            _isOver = true;
            return null;
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            throw PostgresFaults.OnStatement(e, _server, _place);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _decoder.Dispose();
        _rows.Dispose();
        try
        {
            // Ends the statement where it has not ended: the server is asked to cancel it.
            if (!_isOver)
            {
                await _stream.CancelAsync().ConfigureAwait(false);
            }

            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFaults.IsOfEnding(e))
        {
            // The connection is given up either way.
        }

        await PostgresServer.CloseAsync(_connection).ConfigureAwait(false);
    }
}
