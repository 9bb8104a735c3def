using Millrace.Columnar;

namespace Millrace.Runtime.Sql;

/// <summary>What a statement gave: rows, or a sentence. Disposing it ends the statement if its rows were not read to the end.</summary>
public sealed class StatementResult : IAsyncDisposable
{
    private readonly Func<ValueTask>? _end;

    private StatementResult(Schema? schema, IAsyncEnumerable<RecordBatch>? rows, string? message, Func<ValueTask>? end)
    {
        Schema = schema;
        Rows = rows;
        Message = message;
        _end = end;
    }

    /// <summary>Columns of the rows; null for a statement without rows.</summary>
    public Schema? Schema { get; }

    /// <summary>The rows, to be read once; each batch is the reader's to dispose.</summary>
    public IAsyncEnumerable<RecordBatch>? Rows { get; }

    /// <summary>What a statement without rows did.</summary>
    public string? Message { get; }

    /// <summary>Rows as text that stands for itself, such as a plan, not for a table.</summary>
    public bool IsText { get; init; }

    /// <summary>Whether rows come as time goes by, until somebody stops it.</summary>
    public bool IsLive { get; init; }

    /// <summary>How a statement that wrote somewhere did so.</summary>
    public RunSummary? Run { get; init; }

    /// <summary>A job that is to run, beside others, until it ends or is stopped; null for a statement that has done what it does.</summary>
    public Pipeline? Job { get; init; }

    public static StatementResult Of(string message) => new(null, null, message, null);

    public static StatementResult Of(Pipeline job, string message) => new(null, null, message, null) { Job = job };

    public static StatementResult Of(Schema schema, IAsyncEnumerable<RecordBatch> rows, Func<ValueTask> end) => new(schema, rows, null, end);

    public static StatementResult OfLive(Schema schema, IAsyncEnumerable<RecordBatch> rows) => new(schema, rows, null, null) { IsLive = true };

    public static StatementResult Of(Schema schema, IAsyncEnumerable<RecordBatch> rows, bool isText) => new(schema, rows, null, null) { IsText = isText };

    public static StatementResult Of(RunSummary run, string message) => new(null, null, message, null) { Run = run };

    public ValueTask DisposeAsync() => _end?.Invoke() ?? ValueTask.CompletedTask;
}
