using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The rows that are there when a slot begins, as of the very moment from which its stream tells of changes. They are one unit:
/// a load that dies leaves nothing, and the next one begins with a slot of its own.
/// </summary>
internal sealed class LoadPlan(PostgresServer server, ChangeCapture capture, ChangeTable table, TableColumns columns, ChangeLayout layout, PostgresSourceOptions options, ReadRequest request, TableFilter filter, TableHold hold, IReadOnlyList<TableInfo> leaves, ConnectorContext context) : IReadPlan
{
    private TablePlan? _rows;
    private ChangePosition _start;
    private IAsyncDisposable? _turn;
    private DateTimeOffset _begun;

    public Schema Schema => layout.Rows.Schema;

    public Pushdown Pushdown => new() { Projection = true };

    public long? Bytes => options.FirstLoad && table.Info.Bytes > 0 ? table.Info.Bytes : null;

    public long? Rows => options.FirstLoad ? table.Info.Rows : null;

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        bool isTemporary = !request.KeepsProgress && options.Slot is null;
        LoadStart start = await capture.BeginAsync(table.Info, options.FirstLoad ? hold : null, isTemporary, cancellation).ConfigureAwait(false);
        _start = start.Start;
        _turn = start.Turn;
        _begun = context.Time.GetUtcNow();
        if (start.Snapshot is not { } snapshot)
        {
            yield return new Split { Id = table.Name.ToString(), EndsKey = false, EndPosition = _start.ToPosition() };
            yield break;
        }

        _rows = new TablePlan(server, table.Info, columns, options, request, filter, hold, leaves, context, snapshot);
        await foreach (Split split in _rows.SplitsAsync(cancellation).ConfigureAwait(false))
        {
            yield return split with { EndsKey = false, EndPosition = split.EndsKey ? _start.ToPosition() : null };
        }
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
        => _rows is null
            ? NoRows.Instance
            : new LoadReader(await _rows.OpenAsync(split, null, errors, cancellation).ConfigureAwait(false), layout.Rows, ChangeBatch.Position(_start.End, 0), _begun);

    public async ValueTask DisposeAsync()
    {
        if (_rows is not null)
        {
            await _rows.DisposeAsync().ConfigureAwait(false);
        }

        if (_turn is not null)
        {
            await _turn.DisposeAsync().ConfigureAwait(false);
        }
    }
}
