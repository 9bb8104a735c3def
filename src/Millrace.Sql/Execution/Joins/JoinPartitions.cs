using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Rows of one side of a join on disk, dealt by the hash of their keys: rows that match are in partitions of the same number.
/// Lanes write at once.
/// </summary>
internal sealed class JoinPartitions : IDisposable
{
    public const int Count = 16;

    private readonly SpillFile?[] _files = new SpillFile?[Count];
    private readonly Lock[] _locks = [.. Enumerable.Range(0, Count).Select(_ => new Lock())];
    private readonly QueryContext _context;
    private readonly Schema _schema;
    private readonly IReadOnlyList<int> _keys;
    private readonly ulong _seed;

    /// <param name="context">Where to.</param>
    /// <param name="schema">Of the rows.</param>
    /// <param name="keys">Numbers of the key columns; without any all rows are in the first partition.</param>
    /// <param name="depth">How often the rows were dealt before, each time by another hash.</param>
    public JoinPartitions(QueryContext context, Schema schema, IReadOnlyList<int> keys, int depth)
    {
        (_context, _schema, _keys) = (context, schema, keys);

        // Never the seed of tables, whose slots would be filled unevenly.
        _seed = 0xA076_1D64_78BD_642FUL * (ulong)(depth + 1);
    }

    /// <summary>The rows of a partition; null for none.</summary>
    public SpillFile? this[int partition] => _files[partition];

    /// <summary>Deals rows, which are borrowed.</summary>
    public void Write(RecordBatch rows)
    {
        if (_keys.Count == 0)
        {
            Write(0, rows);
            return;
        }

        var hashes = new ulong[rows.Length];
        Hash.Rows([.. _keys.Select(k => rows[k])], hashes, _seed);
        var chosen = new List<int>[Count];
        for (int row = 0; row < hashes.Length; row++)
        {
            (chosen[(int)(hashes[row] % Count)] ??= []).Add(row);
        }

        for (int i = 0; i < Count; i++)
        {
            if (chosen[i] is null)
            {
                continue;
            }

            using RecordBatch part = Take.Rows(rows, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(chosen[i]));
            Write(i, part);
        }
    }

    public void Dispose() => Array.ForEach(_files, f => f?.Dispose());

    private void Write(int partition, RecordBatch rows)
    {
        lock (_locks[partition])
        {
            (_files[partition] ??= new SpillFile(_context.SpillFolder, _schema, _context.Memory.CountSpilled)).Write(rows);
        }
    }
}
