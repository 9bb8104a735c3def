using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>The changes behind a position, in one split: the log has one order.</summary>
internal sealed class ChangePlan(ChangeCapture capture, ChangeTable table, ChangeLayout layout, ChangePosition since, ReadRequest request) : IReadPlan
{
    private ChangeReader? _reader;

    public Schema Schema => layout.Rows.Schema;

    public Pushdown Pushdown => new() { Projection = true };

    public bool IsOutgrown => _reader?.IsOutgrown == true;

    public DateTimeOffset? NewestInput => capture.NewestCommit;

#pragma warning disable CS1998 // Nothing to wait for.
    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
#pragma warning restore CS1998
    {
        yield return new Split { Id = table.Name.ToString(), EndsKey = false };
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        (ChangeLog log, ulong target) = await capture.OpenAsync(table, since, request.Follows, cancellation).ConfigureAwait(false);
        var rows = new ChangeRows(layout.Columns.Count, request.BatchRows, ChangeErrors.BrokenStream);
        var batch = new ChangeBatch(layout.Rows, [.. layout.Mappings.Select(m => m.Decoder(rows.Capacity))], rows.Capacity, PostgresErrors.ValueDoesNotFit, errors);
        return _reader = new ChangeReader(capture, log, layout.Rows, rows, batch, target, stopsAtTarget: !request.Follows);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
