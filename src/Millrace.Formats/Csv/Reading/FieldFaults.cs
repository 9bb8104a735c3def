namespace Millrace.Formats.Csv;

/// <summary>Values of a row set that do not fit their column. One thread uses it.</summary>
internal sealed class FieldFaults
{
    private readonly List<(int Row, int Column)> _faults = [];

    public bool IsEmpty => _faults.Count == 0;

    /// <param name="row">Number in the row set.</param>
    /// <param name="column">Number of the decoder.</param>
    public void Add(int row, int column) => _faults.Add((row, column));

    /// <summary>The first fault of each row, by row; the list is empty afterwards.</summary>
    public (int Row, int Column)[] Take()
    {
        (int Row, int Column)[] first = [.. _faults.GroupBy(f => f.Row).Select(g => g.MinBy(f => f.Column)).OrderBy(f => f.Row)];
        _faults.Clear();
        return first;
    }
}
