using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>The texts of some rows of one column, one after the other, as they go to the file. Owns its memory.</summary>
internal sealed class FieldBuffer(int rows) : IDisposable
{
    private readonly int[] _ends = new int[rows + 1];
    private NativeBuffer _bytes = BufferPool.Rent(1024);
    private int _rows;

    public ReadOnlySpan<byte> Bytes => _bytes.Span[.._ends[_rows]];

    public ReadOnlySpan<byte> TextOf(int row) => _bytes.Span[_ends[row].._ends[row + 1]];

    public void Clear() => _rows = 0;

    /// <summary>Room for a text; <see cref="Commit"/> makes a row of what was written.</summary>
    public Span<byte> GetSpan(int length)
    {
        int used = _ends[_rows];
        if (_bytes.Capacity - used < length)
        {
            Grow(used, length);
        }

        return _bytes.Span[used..];
    }

    public void Commit(int length)
    {
        _ends[_rows + 1] = _ends[_rows] + length;
        _rows++;
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(GetSpan(text.Length));
        Commit(text.Length);
    }

    public void Dispose() => _bytes.Dispose();

    private void Grow(int used, int length)
    {
        NativeBuffer larger = BufferPool.Rent((int)Math.Max((long)used + length, Math.Min(_bytes.Capacity * 2L, BufferPool.MaxCapacity)));
        _bytes.Span[..used].CopyTo(larger.Span);
        _bytes.Dispose();
        _bytes = larger;
    }
}
