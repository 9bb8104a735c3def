using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>The texts of some rows of one column, one after the other, as they go to the file. Owns its memory.</summary>
internal sealed class FieldBuffer(int rows) : IDisposable
{
    private readonly int[] _ends = new int[rows + 1];
    private readonly ByteBuffer _bytes = new(1024);
    private int _rows;

    public ReadOnlySpan<byte> Bytes => _bytes.Written;

    public ReadOnlySpan<byte> TextOf(int row) => _bytes.Written[_ends[row].._ends[row + 1]];

    public void Clear()
    {
        _bytes.Truncate();
        _rows = 0;
    }

    /// <summary>Room for a text; <see cref="Commit"/> makes a row of what was written.</summary>
    public Span<byte> GetSpan(int length) => _bytes.GetSpan(length);

    public void Commit(int length)
    {
        _bytes.Advance(length);
        _ends[++_rows] = _bytes.Length;
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        _bytes.Write(text);
        _ends[++_rows] = _bytes.Length;
    }

    public void Dispose() => _bytes.Dispose();
}
