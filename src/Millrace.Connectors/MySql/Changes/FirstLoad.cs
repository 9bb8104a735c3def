using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// The rows that are there, as of a moment of which the place in the binary log is known. They are one unit: a load that dies leaves nothing, and the
/// next one begins at a moment of its own.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="table">The table.</param>
/// <param name="layout">What its rows are made of.</param>
/// <param name="query">Selects them.</param>
/// <param name="options">How to read.</param>
/// <param name="request">What is wanted.</param>
/// <param name="parallelism">Connections that may be used at once.</param>
/// <param name="time">Tells when the rows are read, which counts as the time of their commit.</param>
/// <param name="locks">Whether the moment is found by a lock, also where the server tells the place of a snapshot.</param>
internal sealed class FirstLoad(MySqlServer server, LogTable table, LogLayout layout, TableQuery query, MySqlSourceOptions options, ReadRequest request, int parallelism, TimeProvider time, bool locks) : IReadPlan
{
    private TablePlan? _rows;
    private LogPosition _start;
    private DateTimeOffset _begun;

    public Schema Schema => layout.Rows.Schema;

    public Pushdown Pushdown => new() { Projection = true };

    public long? Bytes => options.FirstLoad && table.Info.Bytes > 0 ? table.Info.Bytes : null;

    public long? Rows => options.FirstLoad ? table.Info.Rows : null;

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await BeginAsync(cancellation).ConfigureAwait(false);
        _begun = time.GetUtcNow();
        if (_rows is null)
        {
            yield return new Split { Id = table.Name.ToString(), EndsKey = false, EndPosition = _start.ToPosition() };
            yield break;
        }

        await foreach (Split split in _rows.SplitsAsync(cancellation).ConfigureAwait(false))
        {
            yield return split with { EndsKey = false, EndPosition = split.EndsKey ? _start.ToPosition() : null };
        }
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
        => _rows is null
            ? NoRows.Instance
            : new LoadReader(await _rows.OpenAsync(split, null, errors, cancellation).ConfigureAwait(false), layout.Rows, ChangeBatch.Position(_start.Place, 0), _begun);

    public ValueTask DisposeAsync() => _rows?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask BeginAsync(CancellationToken cancellation)
    {
        try
        {
            if (!options.FirstLoad)
            {
                using MySqlConnection connection = await server.OpenAsync(cancellation).ConfigureAwait(false);
                _start = await LogHistory.NumberAsync(connection, await LogEnd.RequireAsync(connection, table.Place, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
                return;
            }

            if (!table.Info.IsTransactional)
            {
                throw LogErrors.NotForChanges.Error($"The rows of {table.Name} cannot be read as of a moment: its engine is {table.Info.Engine}.", table.Place, $"ALTER TABLE {table.Name.Sql} ENGINE = InnoDB; or read only what happens from now on, with `first_load: false`.");
            }

            var hold = new TableHold(table.Info, query.Columns);
            ReadSessions sessions = await ReadSessions.StartAsync(server, hold, locks ? 1 : parallelism, isOfOneMoment: true, cancellation).ConfigureAwait(false);
            if (!locks && LogPosition.Parse(sessions.Moment) is { } moment)
            {
                _start = moment;
            }
            else
            {
                await sessions.DisposeAsync().ConfigureAwait(false);
                (sessions, _start) = await LockedMoment.StartAsync(server, hold, table, cancellation).ConfigureAwait(false);
            }

            using (MySqlConnection connection = await server.OpenAsync(cancellation).ConfigureAwait(false))
            {
                _start = await LogHistory.NumberAsync(connection, _start, cancellation).ConfigureAwait(false);
            }

            _rows = new TablePlan(server, query, options with { Consistent = true, Resume = false }, request with { Columns = null }, new TableFilter("", IsComplete: true), parallelism, sessions);
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnPlanned(e, server, table.Place);
        }
    }
}
