using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// The places of a node of the schema in some rows: one per row, and per item inside lists. Each has the levels that are
/// known so far and the row of the node's column that holds it, or <see cref="Absent"/> where something around it is null or empty.
/// </summary>
internal sealed unsafe class Entries : IDisposable
{
    public const int Absent = -1;

    private readonly ByteBuffer _definitions = new();
    private readonly ByteBuffer _repetitions = new();
    private readonly ByteBuffer _rows = new();

    public int Count { get; private set; }

    public byte* Definitions => _definitions.Pointer;

    public byte* Repetitions => _repetitions.Pointer;

    public int* Rows => (int*)_rows.Pointer;

    /// <summary>Makes room for so many entries, whose contents are then to be written.</summary>
    public void Resize(int count)
    {
        Count = count;
        Fit(_definitions, count);
        Fit(_repetitions, count);
        Fit(_rows, checked(count * sizeof(int)));
    }

    /// <summary>One entry per row of a column that lies at the root.</summary>
    public void SetRoot(int start, int count)
    {
        Resize(count);
        new Span<byte>(Definitions, count).Clear();
        new Span<byte>(Repetitions, count).Clear();
        for (int i = 0; i < count; i++)
        {
            Rows[i] = start + i;
        }
    }

    public void Dispose()
    {
        _definitions.Dispose();
        _repetitions.Dispose();
        _rows.Dispose();
    }

    private static void Fit(ByteBuffer buffer, int bytes)
    {
        buffer.Truncate();
        buffer.Reserve(Math.Max(bytes, 1));
    }
}
