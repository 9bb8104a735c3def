using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A row for which an expression has no value.</summary>
/// <param name="Row">Number in the batch.</param>
/// <param name="Code">What is wrong.</param>
/// <param name="Message">The sentence for people.</param>
/// <param name="Span">Where the expression stands in the statement.</param>
public readonly record struct RowFault(int Row, ErrorCode Code, string Message, Parsing.TextSpan Span);

/// <summary>
/// Collects the rows of a batch that an expression has no value for: an overflow, a division by zero, a cast that fails.
/// Rows in which the expression is not asked for, because a condition before it has decided, make no fault. One lane uses it.
/// </summary>
public sealed class RowFaults
{
    private readonly List<RowFault> _faults = [];
    private readonly HashSet<int> _rows = [];

    /// <summary>Faults so far, at most one a row, in the order found.</summary>
    public IReadOnlyList<RowFault> All => _faults;

    public bool Any => _faults.Count > 0;

    /// <summary>The rows in which faults count; absent for all. Set by the evaluator around branches.</summary>
    public Bitmap Active { get; set; }

    /// <summary>Where the expression that is being computed stands.</summary>
    public Parsing.TextSpan Span { get; set; }

    /// <summary>Whether a fault of a row would be kept; asked before a costly message is made.</summary>
    public bool Wants(int row) => (Active.IsAbsent || Active[row]) && !_rows.Contains(row);

    public void Add(int row, ErrorCode code, string message) => Add(new RowFault(row, code, message, Span));

    /// <summary>Adds a fault whose place is known.</summary>
    public void Add(RowFault fault)
    {
        if (Wants(fault.Row))
        {
            _rows.Add(fault.Row);
            _faults.Add(fault);
        }
    }

    /// <summary>Rewrites the messages of the faults from a number on.</summary>
    public void Explain(int first, Func<string, string> explain)
    {
        for (int i = first; i < _faults.Count; i++)
        {
            _faults[i] = _faults[i] with { Message = explain(_faults[i].Message) };
        }
    }

    public void Clear()
    {
        _faults.Clear();
        _rows.Clear();
    }
}
