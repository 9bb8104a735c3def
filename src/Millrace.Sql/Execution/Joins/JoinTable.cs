using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Rows found by the hash of their keys. A slot holds the upper half of a hash and the first row that has it; rows of the
/// same half are chained. What a chain gives are candidates: their keys have still to be compared. Immutable once made;
/// any lane may read.
/// </summary>
internal sealed unsafe class JoinTable : IDisposable
{
    /// <summary>Ends a chain.</summary>
    public const int None = -1;

    private readonly NativeBuffer? _slots;
    private readonly NativeBuffer? _next;
    private readonly Column[] _keys;
    private readonly ulong _mask;

    /// <param name="rows">Taken over, also if this fails.</param>
    /// <param name="count">How many of the rows can be found; behind them stands at most a row of nulls.</param>
    /// <param name="keys">Numbers of the key columns.</param>
    /// <param name="nullsMatch">For each key whether null is equal to null.</param>
    /// <param name="seed">Seed of the hashes.</param>
    /// <param name="threads">Threads that may put it together.</param>
    public JoinTable(RecordBatch rows, int count, IReadOnlyList<int> keys, IReadOnlyList<bool> nullsMatch, ulong seed, int threads = 1)
    {
        Rows = rows;
        Count = count;
        Seed = seed;
        _keys = [.. keys.Select(k => rows[k].Slice(0, count))];
        HasNullKeys = _keys.Where((k, i) => !nullsMatch[i] && k.HasNulls).Any();
        if (count == 0 || keys.Count == 0)
        {
            return;
        }

        try
        {
            int slots = (int)Math.Min(1u << 28, BitOperations.RoundUpToPowerOf2((uint)count) * 2);
            _mask = (ulong)slots - 1;
            _slots = BufferPool.RentZeroed(checked(slots * sizeof(ulong)));
            _next = BufferPool.Rent(checked(count * sizeof(int)));
            Bitmap[] mustBeValid = HasNullKeys ? [.. _keys.Where((k, i) => !nullsMatch[i] && k.HasNulls).Select(k => k.Validity)] : [];
            JoinSlots.Fill((ulong*)_slots.Pointer, (int*)_next.Pointer, _keys, count, seed, _mask, mustBeValid, threads);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The table of batches, which are borrowed.</summary>
    public static JoinTable Of(IReadOnlyList<RecordBatch> batches, JoinBuildNode node, int threads = 1)
    {
        using RecordBatch none = NullRows.One(node.Schema);
        RecordBatch all = Concat.Batches([.. batches, none]);
        return new JoinTable(all, all.Length - 1, node.Keys, node.NullsMatch, seed: 0, threads);
    }

    /// <summary>All rows; behind the first <see cref="Count"/> may stand a row of nulls.</summary>
    public RecordBatch Rows { get; }

    /// <summary>Rows that can match.</summary>
    public int Count { get; }

    /// <summary>The row of nulls, if there is one.</summary>
    public int NullRow => Count;

    /// <summary>Key columns of the rows that can match.</summary>
    public ReadOnlySpan<Column> Keys => _keys;

    /// <summary>Whether a row can match none because a key is null.</summary>
    public bool HasNullKeys { get; }

    public ulong Seed { get; }

    /// <summary>Bytes that a table of so many rows takes besides the rows.</summary>
    public static long BytesFor(long rows) => (long)(BitOperations.RoundUpToPowerOf2((ulong)Math.Max(rows, 1)) * 2 * sizeof(ulong)) + (rows * sizeof(int));

    /// <summary>The first candidate for each hash, or <see cref="None"/>.</summary>
    public void Find(ReadOnlySpan<ulong> hashes, Span<int> first)
    {
        if (_slots is null)
        {
            first.Fill(Count > 0 ? 0 : None);
            return;
        }

        var slots = (ulong*)_slots.Pointer;
        int ahead = Math.Max(hashes.Length - MemoryHints.Distance, 0);
        fixed (ulong* hash = hashes)
        {
            int i = 0;
            if (_slots.Capacity >= MemoryHints.WorthBytes)
            {
                for (; i < ahead; i++)
                {
                    MemoryHints.WillRead(slots + (hash[i + MemoryHints.Distance] & _mask));
                    first[i] = First(slots, hash[i]);
                }
            }

            for (; i < hashes.Length; i++)
            {
                first[i] = First(slots, hash[i]);
            }
        }
    }

    /// <summary>The candidate behind another.</summary>
    public int Next(int row) => _next is null ? (row + 1 < Count ? row + 1 : None) : ((int*)_next.Pointer)[row];

    public void Dispose()
    {
        Array.ForEach(_keys, k => k.Dispose());
        _slots?.Dispose();
        _next?.Dispose();
        Rows.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int First(ulong* slots, ulong hash)
    {
        ulong at = hash & _mask;
        ulong slot;
        while ((slot = slots[at]) != 0 && (slot ^ hash) >> 32 != 0)
        {
            at = (at + 1) & _mask;
        }

        return (int)(uint)slot - JoinSlots.RowBias;
    }
}
