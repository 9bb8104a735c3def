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
    private readonly SplitRows _batches;
    private readonly ErrorPlace _place;
    private readonly NoDates _none;
    private readonly Action<string> _note;

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
        _place = query.Place;
        _note = query.Note;
        _none = new NoDates(query.ZeroDates == ZeroDates.Error);
        _decoder = new BatchDecoder(query.Columns.Schema, query.Columns.MakeDecoders(query.BatchRows, _none), new BadRows(MySqlErrors.ValueDoesNotFit, query.Columns.Schema, errors), _place);
        _batches = new SplitRows(rows, query.Columns.Count, _decoder, query.Marker, _place);
    }

    public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await _batches.ReadAsync(cancellation).ConfigureAwait(false);
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
