using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Reads the wanted columns of one row group, batch by batch. One thread at a time uses it.</summary>
internal sealed class RowGroupReader : IDisposable
{
    // What all leaves together read ahead, and the bounds of what one of them does.
    private const int ReadAheadBudget = 2 << 20;
    private const int MinReadAhead = 16 << 10;
    private const int MaxReadAhead = 1 << 20;

    // What follows a page is not wanted when rows are skipped.
    private const int SkippingReadAhead = 16 << 10;

    private readonly IReadOnlyList<SchemaNode> _columns;
    private readonly SortedDictionary<int, LeafReader> _leaves = [];
    private readonly ErrorPlace _place;

    private RowGroupReader(IByteSource source, IReadOnlyList<SchemaNode> columns)
    {
        _columns = columns;
        _place = ErrorPlace.InFile(source.Name);
    }

    /// <param name="source">The file.</param>
    /// <param name="group">The row group.</param>
    /// <param name="columns">The wanted columns.</param>
    /// <param name="options">Limits.</param>
    /// <param name="keepsDictionaries">Whether columns of byte strings may come as dictionary columns.</param>
    /// <param name="skipsRows">Whether not all rows will be read; then the places of the pages are read first.</param>
    /// <param name="cancellation">Ends the reading of places.</param>
    public static async ValueTask<RowGroupReader> OpenAsync(
        IByteSource source,
        RowGroup group,
        IReadOnlyList<SchemaNode> columns,
        ParquetOptions options,
        bool keepsDictionaries,
        bool skipsRows,
        CancellationToken cancellation)
    {
        var reader = new RowGroupReader(source, columns);
        int leaves = columns.Sum(c => c.Leaves.Count());
        int readAhead = skipsRows ? SkippingReadAhead : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(ReadAheadBudget / Math.Max(1, leaves), MinReadAhead, MaxReadAhead));
        try
        {
            foreach (SchemaNode column in columns)
            {
                foreach (SchemaLeaf leaf in column.Leaves)
                {
                    // Levels of 0 and 1 of a column without parts are its validity and nothing else.
                    bool keepsLevels = leaf.MaxDefinition > 1 || leaf.MaxRepetition > 0 || (leaf.MaxDefinition == 1 && column.Kind != NodeKind.Leaf);
                    ColumnChunk chunk = group.Columns[leaf.Index];
                    OffsetIndex? offsets = skipsRows ? await IndexReader.ReadOffsetIndexAsync(source, chunk, group.RowCount, cancellation).ConfigureAwait(false) : null;
                    reader._leaves.Add(leaf.Index, new LeafReader(source, leaf, chunk, group.RowCount, offsets, options, keepsLevels, keepsDictionaries && column.Kind == NodeKind.Leaf, readAhead));
                }
            }

            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Rows from <paramref name="row"/> on, which does not go back: a column per wanted one, which the caller owns.</summary>
    public async ValueTask<Column[]> ReadAsync(long row, int rows, CancellationToken cancellation)
    {
        Dictionary<int, Column> columns = await ReadLeavesAsync(row, rows, cancellation).ConfigureAwait(false);
        var made = new Column[_columns.Count];
        int count = 0;
        try
        {
            var assembler = new ColumnAssembler(columns, index => _leaves[index].Levels!);
            foreach (SchemaNode column in _columns)
            {
                made[count] = assembler.Assemble(column, rows);
                count++;
            }

            return made;
        }
        catch (Exception e)
        {
            foreach (Column column in made.Take(count).Concat(columns.Values))
            {
                column.Dispose();
            }

            if (e is MillraceException { Place: null } error)
            {
                throw error.At(_place);
            }

            throw;
        }
    }

    public void Dispose()
    {
        foreach (LeafReader leaf in _leaves.Values)
        {
            leaf.Dispose();
        }
    }

    // All leaves start reading before any is waited for: what a remote source takes, it takes once.
    private async ValueTask<Dictionary<int, Column>> ReadLeavesAsync(long row, int rows, CancellationToken cancellation)
    {
        var reads = new List<(int Leaf, ValueTask<Column> Read)>(_leaves.Count);
        foreach ((int index, LeafReader leaf) in _leaves)
        {
            reads.Add((index, leaf.ReadAsync(row, rows, cancellation)));
        }

        var columns = new Dictionary<int, Column>(_leaves.Count);
        Exception? fault = null;
        foreach ((int index, ValueTask<Column> read) in reads)
        {
            try
            {
                columns.Add(index, await read.ConfigureAwait(false));
            }
            catch (Exception e)
            {
                fault ??= e;
            }
        }

        if (fault is not null)
        {
            foreach (Column column in columns.Values)
            {
                column.Dispose();
            }

            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
        }

        return columns;
    }
}
