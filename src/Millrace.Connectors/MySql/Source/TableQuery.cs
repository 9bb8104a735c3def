using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>A query for rows of a table, and what becomes of them.</summary>
internal sealed record TableQuery
{
    public required TableInfo Table { get; init; }

    public required TableColumns Columns { get; init; }

    /// <summary>Columns that a position is made of, behind those of the rows.</summary>
    public IEnumerable<string> Extra { get; init; } = [];

    /// <summary>Conditions that all must hold.</summary>
    public IEnumerable<string> Conditions { get; init; } = [];

    /// <summary>What stands behind the conditions: ORDER BY, LIMIT.</summary>
    public string Tail { get; init; } = "";

    public required ProgressMarker Marker { get; init; }

    public required int BatchRows { get; init; }

    public required ZeroDates ZeroDates { get; init; }

    /// <summary>Takes remarks.</summary>
    public required Action<string> Note { get; init; }

    public required ErrorPlace Place { get; init; }

    public string Sql
    {
        get
        {
            string[] selected = [.. Columns.SelectList.Concat(Extra)];
            string[] conditions = [.. Conditions.Where(c => c.Length > 0).Select(c => $"({c})")];
            string where = conditions.Length == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
            return $"SELECT {string.Join(", ", selected)} FROM {Table.Name.Sql} t{where}{(Tail.Length == 0 ? "" : " " + Tail)}";
        }
    }

    /// <summary>Starts it on a connection of the sessions.</summary>
    public async ValueTask<ISplitReader> OpenAsync(ReadSessions sessions, IRowErrorHandler errors, CancellationToken cancellation)
    {
        MySqlConnection connection;
        try
        {
            connection = await sessions.TakeAsync(cancellation).ConfigureAwait(false);
        }
        catch (ServerException fault)
        {
            throw MySqlFaults.OnPlanned(fault, sessions.Server, Place);
        }

        try
        {
            RowStream rows = await RowStream.OpenAsync(connection, Sql, Columns.Count + Marker.Columns, BatchRows, cancellation).ConfigureAwait(false);
            return new RowReader(sessions, connection, rows, this, errors);
        }
        catch (Exception e)
        {
            sessions.Return(connection);
            if (e is ServerException fault)
            {
                throw MySqlFaults.OnPlanned(fault, sessions.Server, Place);
            }

            throw;
        }
    }
}
