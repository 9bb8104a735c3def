using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Reads the wanted columns of one row group, batch by batch. One thread at a time uses it.</summary>
internal sealed class RowGroupReader : IDisposable
{
    // What all leaves together read ahead, and the bounds of what one of them does.
    private const int ReadAheadBudget = 32 << 20;
    private const int MinReadAhead = 64 << 10;
    private const int MaxReadAhead = 1 << 20;

    private readonly IReadOnlyList<SchemaNode> _columns;
    private readonly SortedDictionary<int, LeafReader> _leaves = [];
    private readonly ErrorPlace _place;

    public RowGroupReader(IByteSource source, RowGroup group, IReadOnlyList<SchemaNode> columns, ParquetOptions options)
    {
        _columns = columns;
        _place = ErrorPlace.InFile(source.Name);
        int leaves = columns.Sum(c => c.Leaves.Count());
        int readAhead = Math.Clamp(ReadAheadBudget / Math.Max(1, leaves), MinReadAhead, MaxReadAhead);
        try
        {
            foreach (SchemaNode column in columns)
            {
                foreach (SchemaLeaf leaf in column.Leaves)
                {
                    // Levels of 0 and 1 of a column without parts are its validity and nothing else.
                    bool keepsLevels = leaf.MaxDefinition > 1 || leaf.MaxRepetition > 0 || (leaf.MaxDefinition == 1 && column.Kind != NodeKind.Leaf);
                    _leaves.Add(leaf.Index, new LeafReader(source, leaf, group.Columns[leaf.Index], options, keepsLevels, readAhead));
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A column per wanted one, which the caller owns.</summary>
    public async ValueTask<Column[]> ReadAsync(int rows, CancellationToken cancellation)
    {
        Dictionary<int, Column> columns = await ReadLeavesAsync(rows, cancellation).ConfigureAwait(false);
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
    private async ValueTask<Dictionary<int, Column>> ReadLeavesAsync(int rows, CancellationToken cancellation)
    {
        var reads = new List<(int Leaf, ValueTask<Column> Read)>(_leaves.Count);
        foreach ((int index, LeafReader leaf) in _leaves)
        {
            reads.Add((index, leaf.ReadAsync(rows, cancellation)));
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
