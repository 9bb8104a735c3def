using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Puts rows into the slots of a <see cref="JoinTable"/>, in several threads: each has a stretch of the slots and the rows
/// whose places lie in it. Rows that a full stretch pushes over its end come afterwards, one by one.
/// </summary>
internal sealed unsafe class JoinSlots
{
    /// <summary>Takes part of a slot: the row, one too high, so that zero is an empty slot.</summary>
    public const int RowBias = 1;

    // Fewer rows are not worth another thread.
    private const int MinRowsPerThread = 32 << 10;

    private readonly ulong* _slots;
    private readonly int* _next;
    private readonly ulong* _hashes;
    private readonly ulong _mask;
    private readonly Bitmap[] _mustBeValid;

    private JoinSlots(ulong* slots, int* next, ulong* hashes, ulong mask, Bitmap[] mustBeValid)
    {
        _slots = slots;
        _next = next;
        _hashes = hashes;
        _mask = mask;
        _mustBeValid = mustBeValid;
    }

    /// <summary>Fills the slots and chains.</summary>
    /// <param name="slots">Zeroed; their number is <paramref name="mask"/> and one.</param>
    /// <param name="next">For each row the next of its chain.</param>
    /// <param name="keys">The key columns.</param>
    /// <param name="rows">Rows in them.</param>
    /// <param name="seed">Of the hashes.</param>
    /// <param name="mask">Bits of a hash that are its place.</param>
    /// <param name="mustBeValid">A row that is null in one of these is left out.</param>
    /// <param name="threads">How many threads may be used.</param>
    public static void Fill(ulong* slots, int* next, Column[] keys, int rows, ulong seed, ulong mask, Bitmap[] mustBeValid, int threads)
    {
        using NativeBuffer memory = BufferPool.Rent(checked(rows * sizeof(ulong)));
        var hashes = (ulong*)memory.Pointer;
        threads = Math.Clamp(rows / MinRowsPerThread, 1, Math.Max(threads, 1));
        Run(threads, thread => HashRows(keys, hashes, Share(rows, thread, threads), Share(rows, thread + 1, threads), seed));
        var fill = new JoinSlots(slots, next, hashes, mask, mustBeValid);
        var late = new List<int>[threads];
        Run(threads, thread => late[thread] = fill.Stretch(rows, (ulong)Share((long)mask + 1, thread, threads), (ulong)Share((long)mask + 1, thread + 1, threads)));
        foreach (int row in late.SelectMany(l => l))
        {
            fill.Put(row, slots + (hashes[row] & mask), slots + mask + 1, isLast: true);
        }
    }

    private static long Share(long all, int part, int parts) => all * part / parts;

    private static void Run(int threads, Action<int> work)
    {
        if (threads == 1)
        {
            work(0);
        }
        else
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, work);
        }
    }

    private static void HashRows(Column[] keys, ulong* hashes, long from, long to, ulong seed)
    {
        Column[] parts = Array.ConvertAll(keys, k => k.Slice((int)from, (int)(to - from)));
        Hash.Rows(parts, new Span<ulong>(hashes + from, (int)(to - from)), seed);
        Array.ForEach(parts, p => p.Dispose());
    }

    // From the last row to the first, so that chains ascend. Returns the rows that found no place, in that order.
    private List<int> Stretch(int rows, ulong from, ulong to)
    {
        var late = new List<int>();
        for (int row = rows - 1; row >= 0; row--)
        {
            if (row >= MemoryHints.Distance && (_hashes[row - MemoryHints.Distance] & _mask) is var ahead && ahead >= from && ahead < to)
            {
                MemoryHints.WillRead(_slots + ahead);
            }

            ulong home = _hashes[row] & _mask;
            if (home < from || home >= to)
            {
                continue;
            }

            if (!IsValid(row))
            {
                _next[row] = JoinTable.None;
            }
            else if (!Put(row, _slots + home, _slots + to, isLast: false))
            {
                late.Add(row);
            }
        }

        return late;
    }

    // Into the first slot from a place on that is free or of the same half of the hash; false if there is none before the end.
    private bool Put(int row, ulong* at, ulong* end, bool isLast)
    {
        ulong hash = _hashes[row];
        while (*at != 0 && (*at ^ hash) >> 32 != 0)
        {
            if (++at == end)
            {
                if (!isLast)
                {
                    return false;
                }

                at = _slots;
            }
        }

        _next[row] = (int)(uint)*at - RowBias;
        *at = (hash & 0xFFFF_FFFF_0000_0000) | (uint)(row + RowBias);
        return true;
    }

    private bool IsValid(int row)
    {
        foreach (Bitmap bits in _mustBeValid)
        {
            if (!bits[row])
            {
                return false;
            }
        }

        return true;
    }
}
