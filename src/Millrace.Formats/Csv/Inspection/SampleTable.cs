namespace Millrace.Formats.Csv;

/// <summary>The records of a sample as one dialect reads them. Copies the texts; all in a few arrays.</summary>
internal sealed class SampleTable
{
    private readonly List<byte> _texts = [];
    private readonly List<int> _ends = [0];
    private readonly List<FieldKind> _kinds = [];
    private readonly List<int> _rows = [0];

    /// <summary>What a field is besides its text.</summary>
    private enum FieldKind : byte
    {
        Plain,
        Quoted,
        Null,
    }

    public int Rows => _rows.Count - 1;

    /// <summary>Fields of a record.</summary>
    public int Fields(int row) => _rows[row + 1] - _rows[row];

    public bool IsNull(int row, int field) => _kinds[_rows[row] + field] == FieldKind.Null;

    public bool IsQuoted(int row, int field) => _kinds[_rows[row] + field] == FieldKind.Quoted;

    /// <summary>Text of a field; empty for a null.</summary>
    public ReadOnlySpan<byte> Text(int row, int field)
    {
        int at = _rows[row] + field;
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_texts)[_ends[at].._ends[at + 1]];
    }

    /// <summary>The number of fields that most records have; the larger one of two.</summary>
    public int UsualFields()
    {
        var counts = new Dictionary<int, int>();
        for (int row = 0; row < Rows; row++)
        {
            counts[Fields(row)] = counts.GetValueOrDefault(Fields(row)) + 1;
        }

        return counts.Count == 0 ? 0 : counts.MaxBy(c => (c.Value, c.Key)).Key;
    }

    public void Add(ReadOnlySpan<byte> text, bool isNull, bool isQuoted)
    {
        _texts.AddRange(text);
        _ends.Add(_texts.Count);
        _kinds.Add(isNull ? FieldKind.Null : isQuoted ? FieldKind.Quoted : FieldKind.Plain);
    }

    public void EndRow() => _rows.Add(_kinds.Count);
}
