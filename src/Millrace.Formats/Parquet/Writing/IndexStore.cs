namespace Millrace.Formats.Parquet;

/// <summary>
/// The encoded indexes of all row groups. They wait until the end, since readers fetch them with the footer in one piece;
/// encoded they take some tens of bytes a page.
/// </summary>
internal sealed class IndexStore : IDisposable
{
    private readonly PageArena _columnIndexes = new();
    private readonly PageArena _offsetIndexes = new();
    private readonly ThriftWriter _thrift = new();

    /// <summary>Keeps the indexes of a chunk; their offsets are relative until <see cref="WriteAsync"/>.</summary>
    public void Add(ColumnChunk chunk, ColumnIndex? columns, OffsetIndex offsets)
    {
        if (columns is not null)
        {
            (chunk.ColumnIndexOffset, chunk.ColumnIndexLength) = Append(columns, _columnIndexes);
        }

        (chunk.OffsetIndexOffset, chunk.OffsetIndexLength) = Append(offsets, _offsetIndexes);
    }

    /// <summary>Writes all indexes and makes the offsets in the chunks those of the file.</summary>
    public async ValueTask WriteAsync(IReadOnlyList<RowGroup> groups, TargetWriter target, CancellationToken cancellation)
    {
        long columns = target.Position;
        await _columnIndexes.CopyToAsync(0, _columnIndexes.Length, target, cancellation).ConfigureAwait(false);
        long offsets = target.Position;
        await _offsetIndexes.CopyToAsync(0, _offsetIndexes.Length, target, cancellation).ConfigureAwait(false);
        foreach (ColumnChunk chunk in groups.SelectMany(g => g.Columns))
        {
            chunk.ColumnIndexOffset += columns;
            chunk.OffsetIndexOffset += offsets;
        }
    }

    public void Dispose()
    {
        _columnIndexes.Dispose();
        _offsetIndexes.Dispose();
    }

    private (long Position, int Length) Append<T>(T index, PageArena arena)
        where T : IThriftStruct<T>
    {
        _thrift.Clear();
        _thrift.Root(index);
        return (arena.Append(_thrift.Written.Span, [], []), _thrift.Written.Length);
    }
}
