using Millrace.Connectors.Common;
using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Begins to copy the rows of a query out of the server.</summary>
/// <param name="server">The server.</param>
/// <param name="table">What is read, for messages.</param>
/// <param name="columns">Columns of the rows.</param>
/// <param name="batchRows">Rows of a batch.</param>
internal sealed class CopyStart(PostgresServer server, TableName table, TableColumns columns, int batchRows)
{
    /// <summary>A reader on a connection of its own.</summary>
    /// <param name="snapshot">The moment as of which to read; null for now.</param>
    /// <param name="query">Gives the columns, and behind them those of the marker.</param>
    /// <param name="marker">Makes the positions.</param>
    /// <param name="split">Name of the split, for messages; null for the whole table.</param>
    /// <param name="errors">Takes bad rows.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask<ISplitReader> OpenAsync(ExportedSnapshot? snapshot, string query, ProgressMarker marker, string? split, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var place = new ErrorPlace { Stream = table.ToString(), Split = split };
        try
        {
            NpgsqlConnection connection = await server.OpenAsync(cancellation).ConfigureAwait(false);
            try
            {
                if (snapshot is not null)
                {
                    using var begin = new NpgsqlCommand(snapshot.Begin, connection);
                    await begin.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
                }

                CopyConnection.JoinRows(connection);
                NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync($"COPY ({query}) TO STDOUT (FORMAT binary)", cancellation).ConfigureAwait(false);
                server.Silence.Limit(stream);
                return new CopyReader(server, connection, stream, columns, batchRows, marker, place, errors);
            }
            catch
            {
                await PostgresServer.CloseAsync(connection).ConfigureAwait(false);
                throw;
            }
        }
        catch (Exception e) when (PostgresFaults.IsOfServer(e, cancellation))
        {
            throw PostgresFaults.OnPlanned(e, server, place);
        }
    }
}
