namespace Millrace.Connectors.Common;

/// <summary>Rows of a batch with a value that does not fit, each with its first fault.</summary>
internal sealed class BadValues
{
    private readonly Dictionary<int, BadValue> _rows = [];

    /// <summary>The column that is being decoded.</summary>
    public int Column { get; set; }

    /// <summary>For nested values: the row of each element that is being decoded; null at top level.</summary>
    public int[]? RowOf { get; set; }

    public bool Any => _rows.Count > 0;

    public int Count => _rows.Count;

    /// <param name="index">Index of the value in its run.</param>
    /// <param name="text">The value as the server writes it.</param>
    /// <param name="reason">What is wrong with it, as the end of a sentence.</param>
    public void Add(int index, string text, string reason)
        => _rows.TryAdd(RowOf is { } rows ? rows[index] : index, new BadValue(Column, text, reason));

    public BadValue? Find(int row) => _rows.TryGetValue(row, out BadValue value) ? value : null;

    public void Clear() => _rows.Clear();
}

/// <param name="Column">Column of the batch.</param>
/// <param name="Text">The value as the server writes it.</param>
/// <param name="Reason">What is wrong with it.</param>
internal readonly record struct BadValue(int Column, string Text, string Reason);
