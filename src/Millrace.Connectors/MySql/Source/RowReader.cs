using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>Reads the rows of a query into batches.</summary>
internal sealed class RowReader : ISplitReader
{
    private readonly ReadSessions _sessions;
    private readonly MySqlConnection _connection;
    private readonly RowStream _rows;
    private readonly BatchDecoder _decoder;
    private readonly TableColumns _columns;
    private readonly ProgressMarker _marker;
    private readonly ErrorPlace _place;
    private readonly NoDates _none;
    private readonly Action<string> _note;
    private long _done;
    private long _bytesTold;

    /// <param name="sessions">Gets the connection back.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="rows">The rows, whose first columns are those of the schema.</param>
    /// <param name="query">What is read.</param>
    /// <param name="errors">Takes bad rows.</param>
    public RowReader(ReadSessions sessions, MySqlConnection connection, RowStream rows, TableQuery query, IRowErrorHandler errors)
    {
        _sessions = sessions;
        _connection = connection;
        _rows = rows;
        _columns = query.Columns;
        _marker = query.Marker;
        _place = query.Place;
        _note = query.Note;
        _none = new NoDates(query.ZeroDates == ZeroDates.Error);
        _decoder = new BatchDecoder(_columns.Schema, _columns.MakeDecoders(query.BatchRows, _none), new BadRows(MySqlErrors.ValueDoesNotFit, _columns.Schema, errors), _place);
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

            return null;
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnPlanned(e, _sessions.Server, _place);
        }
    }

    public ValueTask DisposeAsync()
    {
        _decoder.Dispose();
        _rows.Dispose();
        _sessions.Return(_connection);
        if (_none.Count > 0)
        {
            _note($"{_place.Stream}: {_none.Count} dates that the calendar does not have, such as 0000-00-00, were read as NULL");
            _none.Count = 0;
        }

        return ValueTask.CompletedTask;
    }
}
