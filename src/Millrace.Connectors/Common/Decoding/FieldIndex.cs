using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>
/// Where the values lie of rows that were found and not decoded: for each column the start and the length of each value, -1 for
/// null. The memory comes from the pool: every split has an index, and a copy has many splits.
/// </summary>
/// <param name="columns">Columns of a row.</param>
/// <param name="maxRows">The most rows at once.</param>
internal sealed unsafe class FieldIndex(int columns, int maxRows) : IDisposable
{
    private readonly NativeBuffer _memory = BufferPool.Rent(checked(2 * sizeof(int) * columns * maxRows));

    /// <summary>Of all columns, one after the other; the value of a row is at <c>column * maxRows + row</c>.</summary>
    public Span<int> Starts => new(_memory.Pointer, columns * maxRows);

    /// <summary>Laid as <see cref="Starts"/>.</summary>
    public Span<int> Lengths => new((int*)_memory.Pointer + (columns * maxRows), columns * maxRows);

    /// <summary>The values of a column in the first rows. Dead when the data or the index are written again.</summary>
    public FieldRun Run(ReadOnlySpan<byte> data, int column, int rows)
        => new(data, Starts.Slice(column * maxRows, rows), Lengths.Slice(column * maxRows, rows));

    public void Dispose() => _memory.Dispose();
}
