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
    private readonly SplitRows _batches;
    private readonly ErrorPlace _place;
    private bool _isOver;

    public CopyReader(PostgresServer server, NpgsqlConnection connection, NpgsqlRawCopyStream stream, TableColumns columns, int batchRows, ProgressMarker marker, ErrorPlace place, IRowErrorHandler errors)
    {
        _server = server;
        _connection = connection;
        _stream = stream;
        _place = place;
        _rows = new CopyRows(stream, columns.Count + marker.Columns, batchRows);
        _decoder = new BatchDecoder(columns.Schema, columns.MakeDecoders(batchRows), new BadRows(PostgresErrors.ValueDoesNotFit, columns.Schema, errors), place);
        _batches = new SplitRows(_rows, columns.Count, _decoder, marker, place);
    }

    public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            SplitBatch? batch = await _batches.ReadAsync(cancellation).ConfigureAwait(false);
            _isOver = batch is null;
            return batch;
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            throw PostgresFaults.OnStatement(e, _server, _place, "rows were read");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _decoder.Dispose();
        _rows.Dispose();
        try
        {
            // Ends the statement where it has not ended: the server is asked to cancel it.
            if (!_isOver && _connection.State == System.Data.ConnectionState.Open)
            {
                Silence.LimitEnd(_stream);
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
