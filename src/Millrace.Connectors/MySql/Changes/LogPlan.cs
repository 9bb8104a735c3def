using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// The changes behind a position, in one split: the log has one order. Where others have written much since the last row, planning again says how
/// far the log is read, so that the job does not ask later for log which the server may have removed.
/// </summary>
internal sealed class LogPlan(LogCapture capture, LogTable table, LogLayout layout, LogPosition since, MySqlSourceOptions options, ReadRequest request, Action<string> note) : IReadPlan
{
    private readonly LogPosition? _silent = capture.WorthTelling(since);
    private readonly NoDates _none = new(options.ZeroDates == ZeroDates.Error);
    private ChangeReader? _reader;
    private LogPosition? _handedOut;

    public Schema Schema => layout.Rows.Schema;

    public Pushdown Pushdown => new() { Projection = true };

    public bool IsOutgrown => _reader is { } reader && (reader.IsOutgrown || capture.WorthTelling(_handedOut ?? _silent ?? since) is not null);

    public DateTimeOffset? NewestInput => capture.NewestCommit;

#pragma warning disable CS1998 // Nothing to wait for.
    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
#pragma warning restore CS1998
    {
        string name = table.Name.ToString();
        if (_silent is { } silent)
        {
            yield return new Split { Id = $"{name}@{silent}", Key = name, EndsKey = false, EndPosition = silent.ToPosition() };
        }

        yield return new Split { Id = name, EndsKey = false };
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        if (split.EndPosition is not null)
        {
            return NoRows.Instance;
        }

        (TableLog log, ulong target) = await capture.OpenAsync(table, _silent ?? since, request.Follows, cancellation).ConfigureAwait(false);
        var rows = new ChangeRows(layout.Rows.Names.Count, request.BatchRows, LogErrors.Broken);
        var batch = new ChangeBatch(layout.Rows, layout.MakeDecoders(rows.Capacity, _none), rows.Capacity, MySqlErrors.ValueDoesNotFit, errors);
        _reader = new ChangeReader(capture, log, layout.Rows, rows, batch, target, stopsAtTarget: !request.Follows);
        return new Reader(this, _reader);
    }

    public ValueTask DisposeAsync()
    {
        if (_none.Count > 0)
        {
            note($"{table.Name}: {_none.Count} dates that the calendar does not have, such as 0000-00-00, were read as NULL");
            _none.Count = 0;
        }

        return ValueTask.CompletedTask;
    }

    private sealed class Reader(LogPlan plan, ChangeReader reader) : ISplitReader
    {
        public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
        {
            SplitBatch? next = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            plan._handedOut = LogPosition.Find(next?.Position) ?? plan._handedOut;
            return next;
        }

        public ValueTask DisposeAsync() => reader.DisposeAsync();
    }
}
