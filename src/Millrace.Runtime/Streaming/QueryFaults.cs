using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Runtime.Sql;
using Millrace.Sdk;
using Millrace.Sql.Execution;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Streaming;

/// <summary>Rows that the stages of a query set aside: expressions that have no value, rows that came too late. Lanes call at once.</summary>
internal sealed class QueryFaults(FailureSpec failure, StreamPlan plan) : IRowErrorHandler
{
    // The member of a letter's context that names the table whose row it is, as the query reads it.
    private const string Table = "table";

    private readonly Lock _lock = new();
    private readonly SplitErrors _errors = new(failure);
    private readonly List<(IReadOnlyList<Column> Columns, int Rows, BatchOrigin Origin)> _followed = [];

    /// <summary>Rows that go into the next round: those that are bad can say where they are from. Nothing is kept of them but their identity.</summary>
    public void Follow(RecordBatch rows, BatchOrigin? origin)
    {
        if (origin is { First: { File: not null, Row: not null } })
        {
            _followed.Add((rows.Columns, rows.Length, origin));
        }
    }

    public void OnRowError(RowError error)
    {
        lock (_lock)
        {
            _errors.OnRowError(error);
        }
    }

    /// <summary>
    /// Rows for which an expression has no value; borrowed. Those that are still as they were read are told of as rows of their
    /// table, so that they can be tried again.
    /// </summary>
    public void AddFaults(RecordBatch rows, IReadOnlyList<RowFault> faults)
    {
        if (plan.Stages.OfType<InputStage>().FirstOrDefault(s => ReferenceEquals(s.Schema, rows.Schema)) is not { } input)
        {
            new FaultReport(this).Report(rows, faults);
            return;
        }

        JsonObject context = JsonRowPlan.ContextOf(rows.Schema);
        context[Table] = input.Input.Table.Name;
        BatchOrigin? origin = _followed.Find(f => f.Rows == rows.Length && FaultReport.ShareColumns(rows.Columns, f.Columns)).Origin;
        string? split = origin is null ? null : origin.First.File + origin.First.Split;
        foreach (RowFault fault in faults)
        {
            var place = new ErrorPlace { Stream = input.Input.Table.Name, Offset = fault.Span.Start, Split = split, Row = origin?.RowOf(fault.Row).Row };
            OnRowError(new RowError(fault.Code, fault.Message, place, JsonRow.Of(rows.Schema, [.. rows.Columns], fault.Row))
            {
                Stage = RowStage.Convert,
                Form = RawForm.Json,
                Context = context,
            });
        }
    }

    /// <summary>Whether a bad row is one of a table for which an expression has no value: the offset of its place is that of the expression.</summary>
    public static bool IsOfExpression(RowError error) => error.Form == RawForm.Json && error.Context?[Table] is not null;

    /// <summary>The table whose row a letter holds as the query reads it; null for other letters.</summary>
    public static string? TableOf(DeadLetter letter) => letter.Form == RawForm.Json ? (string?)letter.Context?[Table] : null;

    /// <summary>Rows whose window was closed when they came; borrowed.</summary>
    public void AddLate(RecordBatch rows)
    {
        JsonObject context = JsonRowPlan.ContextOf(rows.Schema);
        for (int row = 0; row < rows.Length; row++)
        {
            OnRowError(new RowError(StreamingErrors.LateRow, "The row came after its window was closed.", new ErrorPlace(), JsonRow.Of(rows.Schema, [.. rows.Columns], row))
            {
                Stage = RowStage.Window,
                Form = RawForm.Json,
                Context = context,
            });
        }
    }

    /// <summary>What has come together since the last call; null for nothing.</summary>
    public BadRows? Take()
    {
        _followed.Clear();
        lock (_lock)
        {
            return _errors.Take();
        }
    }
}
