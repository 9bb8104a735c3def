using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>How far the last incremental read of a table came, and what the next one reads.</summary>
internal sealed class CursorProgress
{
    private readonly string _table;
    private readonly ICursorOrder _order;
    private readonly ReadRequest _request;
    private readonly ErrorCode _badCursor;
    private readonly IReadOnlyList<ReadMark> _marks;
    private readonly bool _isDone;

    /// <param name="table">The table.</param>
    /// <param name="order">Its order.</param>
    /// <param name="request">What is wanted, and the progress.</param>
    /// <param name="misfit">The error where the progress is that of another cursor.</param>
    /// <param name="badCursor">The error where the cursor cannot do what is wanted.</param>
    public CursorProgress(string table, ICursorOrder order, ReadRequest request, ErrorCode misfit, ErrorCode badCursor)
    {
        _table = table;
        _order = order;
        _request = request;
        _badCursor = badCursor;
        SplitProgress? last = request.Since?.Splits.GetValueOrDefault(table);
        _marks = last?.Position is { } position ? CursorPosition.Marks(position, order.CursorName, misfit, Place) : [];
        _isDone = last is { Done: true };
    }

    /// <summary>The greatest value that was read; null for none.</summary>
    public string? Reached => _marks.Count == 0 ? null : _marks[^1].Value;

    /// <summary>Whether rows without a value of the cursor are still to be read, where there may be some.</summary>
    public bool ReadsNulls => _order.IsNullable && (_marks.Count == 0 || _marks is [{ Value: null, Key: not null }]);

    private ErrorPlace Place => new() { Stream = _table, Field = _order.CursorName };

    /// <summary>The range up to a bound.</summary>
    /// <param name="bound">Greatest value to read; null where there is none.</param>
    /// <param name="seen">The transactions that the read sees; null where the server cannot say.</param>
    /// <param name="isOpen">Whether rows of the bound itself may come later, so that they wait.</param>
    public CursorRange To(string? bound, string? seen, bool isOpen)
    {
        string nulls = ReadsNulls ? $"{_order.Cursor} IS NULL" : "FALSE";
        string? reached = _request.Lookback > TimeSpan.Zero && _isDone ? Reached : null;
        return new CursorRange
        {
            Start = reached is null ? _marks : [],
            Floor = reached is null ? null : $"{_order.Cursor} >= {_order.Before(reached, Lookback)}",
            Upper = bound is null ? nulls : $"{nulls} OR {_order.Cursor} {(isOpen ? "<" : "<=")} {_order.CursorLiteral(bound)}",
            End = new ReadMark(bound, null, seen, isOpen && bound is not null),
            Seen = seen,
        };
    }

    /// <summary>Says that there are rows without a value of the cursor.</summary>
    public void NoteNulls(ConnectorContext context) => context.Note($"{_table}: rows whose {_order.CursorName} is NULL are read by this first run, and by no later one");

    private TimeSpan Lookback => _order.Kind is CursorKind.Time or CursorKind.Date
        ? _request.Lookback
        : throw _badCursor.Error($"`lookback` is a time, and '{_order.CursorName}' is none.", Place, "Leave out `lookback`, or take a cursor that is a timestamp or a date.");
}
