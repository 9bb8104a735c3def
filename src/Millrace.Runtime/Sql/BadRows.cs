using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql.Execution;

namespace Millrace.Runtime.Sql;

/// <summary>Counts rows that are left out and keeps the first few for people. Thread-safe.</summary>
public sealed class BadRowCount : IRowErrorHandler
{
    private const int SampleSize = 10;
    private const int MaxShown = 1024;

    private readonly Lock _lock = new();
    private readonly List<RowError> _sample = [];
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>The first bad rows since <see cref="Take"/>.</summary>
    public IReadOnlyList<RowError> Sample
    {
        get
        {
            lock (_lock)
            {
                return [.. _sample];
            }
        }
    }

    public void OnRowError(RowError error)
    {
        lock (_lock)
        {
            _count++;
            if (_sample.Count < SampleSize)
            {
                // Only the row as JSON is worth showing; its bytes are the caller's.
                _sample.Add(error with { Raw = error.Form == RawForm.Json ? error.Raw[..Math.Min(error.Raw.Length, MaxShown)].ToArray() : default });
            }
        }
    }

    /// <summary>The count so far, which begins anew.</summary>
    public long Take()
    {
        lock (_lock)
        {
            long count = _count;
            _count = 0;
            _sample.Clear();
            return count;
        }
    }
}

/// <summary>Turns rows for which an expression has no value into bad rows of the statement.</summary>
/// <param name="errors">Gets them.</param>
/// <param name="origin">Where the rows are from, as far as that is known; otherwise the place is that of the expression.</param>
internal sealed class FaultReport(IRowErrorHandler errors, BatchOrigin? origin = null)
{
    /// <summary>The rows as they were read, borrowed: faults of these have their number.</summary>
    public RecordBatch? Source { get; init; }

    /// <summary>Whether a column of rows is one of others as it is: those with the same number are then the same.</summary>
    public static bool ShareColumns(IReadOnlyList<Column> rows, IReadOnlyList<Column> others) => rows.Any(c => others.Any(o => ReferenceEquals(c, o)));

    public void Report(RecordBatch batch, IReadOnlyList<RowFault> faults)
    {
        bool isSource = Source is not null && batch.Length == Source.Length && ShareColumns(batch.Columns, Source.Columns);
        foreach (RowFault fault in faults)
        {
            ErrorPlace place = origin is null ? new ErrorPlace { Offset = fault.Span.Start } : isSource ? origin.PlaceOf(fault.Row) : origin.Whole.First;
            errors.OnRowError(new RowError(fault.Code, fault.Message, place, JsonRow.Of(batch.Schema, [.. batch.Columns], fault.Row))
            {
                Stage = RowStage.Convert,
                Form = RawForm.Json,
            });
        }
    }
}
