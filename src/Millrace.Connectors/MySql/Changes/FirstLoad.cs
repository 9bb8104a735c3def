using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// The rows that are there, as of a moment of which the place in the binary log is known. They are one unit: a load that dies leaves nothing, and the
/// next one begins at a moment of its own.
/// </summary>
internal sealed class FirstLoad(MySqlServer server, LogTable table, LogLayout layout, TableQuery query, MySqlSourceOptions options, ReadRequest request, int parallelism) : IReadPlan
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
        _begun = DateTimeOffset.UtcNow;
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
                _start = await LogEnd.RequireAsync(connection, table.Place, cancellation).ConfigureAwait(false);
                return;
            }

            ReadSessions sessions = await ReadSessions.StartAsync(server, new TableHold(table.Info, query.Columns), parallelism, isOfOneMoment: true, cancellation).ConfigureAwait(false);
            if (LogPosition.Parse(sessions.Moment) is { } moment)
            {
                _start = moment;
            }
            else
            {
                await sessions.DisposeAsync().ConfigureAwait(false);
                (sessions, _start) = await LockedMoment.StartAsync(server, new TableHold(table.Info, query.Columns), table, cancellation).ConfigureAwait(false);
            }

            _rows = new TablePlan(server, query, options with { Consistent = true, Resume = false }, request with { Columns = null }, new TableFilter("", IsComplete: true), parallelism, sessions);
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnPlanned(e, server, table.Place);
        }
    }
}
