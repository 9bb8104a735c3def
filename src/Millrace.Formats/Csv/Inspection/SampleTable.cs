using System.Runtime.InteropServices;

namespace Millrace.Formats.Csv;

/// <summary>The records of a sample as one dialect reads them. Copies the texts; all in a few arrays.</summary>
internal sealed class SampleTable
{
    private readonly List<byte> _texts = [];
    private readonly List<int> _ends = [0];
    private readonly List<FieldKind> _kinds = [];
    private readonly List<int> _rows = [0];
    private readonly List<int> _lines = [];

    /// <summary>What a field is besides its text.</summary>
    private enum FieldKind : byte
    {
        Plain,
        Quoted,
        Null,

        /// <summary>It begins with a quote that does not close, or goes on behind the closing one.</summary>
        Broken,
    }

    public int Rows => _rows.Count - 1;

    /// <summary>Fields of a record.</summary>
    public int Fields(int row) => _rows[row + 1] - _rows[row];

    public bool IsNull(int row, int field) => _kinds[_rows[row] + field] == FieldKind.Null;

    public bool IsQuoted(int row, int field) => _kinds[_rows[row] + field] is FieldKind.Quoted or FieldKind.Broken;

    /// <summary>Whether quotes stand where they belong.</summary>
    public bool IsSound(int row) => !CollectionsMarshal.AsSpan(_kinds)[_rows[row].._rows[row + 1]].Contains(FieldKind.Broken);

    public bool HasQuoted(int row) => CollectionsMarshal.AsSpan(_kinds)[_rows[row].._rows[row + 1]].ContainsAny(FieldKind.Quoted, FieldKind.Broken);

    /// <summary>Line on which a record begins, from 1; 0 where it was not counted.</summary>
    public int Line(int row) => _lines[row];

    /// <summary>Text of a field; empty for a null.</summary>
    public ReadOnlySpan<byte> Text(int row, int field)
    {
        int at = _rows[row] + field;
        return CollectionsMarshal.AsSpan(_texts)[_ends[at].._ends[at + 1]];
    }

    public void AddNull() => Add(default, FieldKind.Null);

    /// <param name="text">What the field means.</param>
    /// <param name="field">How it stands in the file.</param>
    public void Add(ReadOnlySpan<byte> text, ReadOnlySpan<byte> field, CsvDialect dialect)
    {
        ReadOnlySpan<byte> bare = dialect.Trim ? field.Trim((byte)' ') : field;
        bool isQuoted = !bare.IsEmpty && bare[0] == dialect.Quote;
        bool isBroken = isQuoted && (QuotedField.FindTail(bare, dialect, out bool isClosed) >= 0 || !isClosed);
        Add(text, isBroken ? FieldKind.Broken : isQuoted ? FieldKind.Quoted : FieldKind.Plain);
    }

    /// <param name="line">Where the record begins, from 1.</param>
    public void EndRow(int line)
    {
        _rows.Add(_kinds.Count);
        _lines.Add(line);
    }

    private void Add(ReadOnlySpan<byte> text, FieldKind kind)
    {
        _texts.AddRange(text);
        _ends.Add(_texts.Count);
        _kinds.Add(kind);
    }
}
