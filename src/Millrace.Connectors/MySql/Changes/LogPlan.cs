using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// The changes behind a position, in one split: the log has one order. Where others have written much since the last row, a second split without
/// rows says how far the log is read, so that the job does not ask for log which the server may have removed.
/// </summary>
internal sealed class LogPlan(LogCapture capture, LogTable table, LogLayout layout, LogPosition since, MySqlSourceOptions options, ReadRequest request, Action<string> note) : IReadPlan
{
    // Bytes of log; or another file.
    private const long WorthTelling = 16 << 20;

    private readonly TaskCompletionSource _isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NoDates _none = new(options.ZeroDates == ZeroDates.Error);
    private ChangeReader? _reader;
    private LogPosition _handedOut = since;

    public Schema Schema => layout.Rows.Schema;

    public Pushdown Pushdown => new() { Projection = true };

    public bool IsOutgrown => _reader?.IsOutgrown == true;

    public DateTimeOffset? NewestInput => capture.NewestCommit;

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        string name = table.Name.ToString();
        yield return new Split { Id = name, EndsKey = false };

        // Lanes may look for more before they have read what there is.
        await _isRead.Task.WaitAsync(cancellation).ConfigureAwait(false);
        if (!IsOutgrown && capture.Read is { } read && (read.File != _handedOut.File || read.At - _handedOut.At > WorthTelling))
        {
            yield return new Split { Id = $"{name}@{read}", Key = name, EndsKey = false, EndPosition = read.ToPosition() };
        }
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        if (split.EndPosition is not null)
        {
            return NoRows.Instance;
        }

        try
        {
            (TableLog log, ulong target) = await capture.OpenAsync(table, since, request.Follows, cancellation).ConfigureAwait(false);
            var rows = new ChangeRows(layout.Rows.Names.Count, request.BatchRows, LogErrors.Broken);
            var batch = new ChangeBatch(layout.Rows, layout.MakeDecoders(rows.Capacity, _none), rows.Capacity, MySqlErrors.ValueDoesNotFit, errors);
            _reader = new ChangeReader(capture, log, layout.Rows, rows, batch, target, stopsAtTarget: !request.Follows);
            return new Reader(this, _reader);
        }
        catch
        {
            _isRead.TrySetResult();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        _isRead.TrySetResult();
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

        public async ValueTask DisposeAsync()
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            plan._isRead.TrySetResult();
        }
    }
}
