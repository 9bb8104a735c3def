namespace Millrace.Columnar;

/// <summary>
/// Sorts rows by columns in the order of <see cref="Compare"/>; rows that are equal in all keys keep their order.
/// </summary>
public static unsafe class Sort
{
    // Words of a long value that are looked at before values are compared whole; each is a level of recursion.
    private const int MaxParts = 8;

    /// <summary>Writes the numbers of all rows in sorted order; <see cref="Take"/> then brings the rows into it.</summary>
    /// <param name="keys">The first decides first; all are as long as <paramref name="rows"/>.</param>
    /// <param name="rows">A number for each row.</param>
    public static void Indices(ReadOnlySpan<SortKey> keys, Span<int> rows)
    {
        foreach (SortKey key in keys)
        {
            if (key.Column.Length != rows.Length)
            {
                throw new ArgumentException($"A key of {key.Column.Length} rows cannot sort {rows.Length} rows.");
            }
        }

        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = i;
        }

        if (keys.Length == 0 || rows.Length < 2)
        {
            return;
        }

        using var scratch = new Scratch(rows.Length, keys.Length);
        fixed (int* pointer = rows)
        {
            SortRange(keys, scratch, pointer, 0, rows.Length);
        }
    }

    /// <summary>The rows of a batch in sorted order; the caller owns the result.</summary>
    public static RecordBatch Rows(RecordBatch batch, ReadOnlySpan<SortKey> keys)
    {
        using NativeBuffer buffer = KernelMemory.Rent((long)batch.Length * sizeof(int), DataType.Int32);
        var rows = new Span<int>((int*)buffer.Pointer, batch.Length);
        Indices(keys, rows);
        return Take.Rows(batch, rows);
    }

    /// <summary>
    /// Writes a word for each row such that a row with a smaller word comes before one with a larger word, also between
    /// columns of one type. Returns whether rows with equal words are equal, in this column and any other that is exact.
    /// </summary>
    public static bool Words(SortKey key, Span<ulong> words)
    {
        Column column = key.Column;
        if (column.Length != words.Length)
        {
            throw new ArgumentException($"A key of {column.Length} rows does not fit {words.Length} words.");
        }

        using NativeBuffer rows = KernelMemory.Rent((long)words.Length * sizeof(int), DataType.Int32);
        var all = new Span<int>((int*)rows.Pointer, words.Length);
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = i;
        }

        bool exact;
        fixed (ulong* target = words)
        {
            exact = SortWords.Write(column, all, target, 0);
        }

        for (int i = 0; key.Descending && i < words.Length; i++)
        {
            words[i] = ~words[i];
        }

        Bitmap validity = column.Validity;
        for (int i = 0; column.HasNulls && i < words.Length; i++)
        {
            words[i] = validity[i] ? words[i] : key.NullsFirst ? 0 : ulong.MaxValue;
        }

        return exact && !column.HasNulls;
    }

    // Sorts rows[start..start + count] by the first key, then each run of equals by the others.
    private static void SortRange(ReadOnlySpan<SortKey> keys, Scratch scratch, int* rows, int start, int count)
    {
        SortKey key = keys[0];
        ReadOnlySpan<SortKey> others = keys[1..];
        if (key.Column.HasNulls)
        {
            int values = SeparateNulls(key, scratch, rows + start, count);
            int nulls = count - values;
            SortEquals(others, scratch, rows, key.NullsFirst ? start : start + values, nulls);
            start += key.NullsFirst ? nulls : 0;
            count = values;
        }

        if (count > 1)
        {
            SortValues(keys, 0, scratch, rows, start, count);
        }
    }

    // Sorts values by their words; part says which words of long values, those before being equal.
    private static void SortValues(ReadOnlySpan<SortKey> keys, int part, Scratch scratch, int* rows, int start, int count)
    {
        SortKey key = keys[0];

        // Scratch is used at the place of the rows, so a run inside never touches what is not yet looked at.
        ulong* words = scratch.Words + start;
        bool exact = SortWords.Write(key.Column, new ReadOnlySpan<int>(rows + start, count), words, part);
        if (key.Descending)
        {
            for (int i = 0; i < count; i++)
            {
                words[i] = ~words[i];
            }
        }

        RadixSort.Sort(words, rows + start, count, scratch.OtherWords + start, scratch.OtherRows + start);
        if (exact && keys.Length == 1)
        {
            return;
        }

        for (int i = 0; i < count;)
        {
            int run = i + 1;
            while (run < count && words[run] == words[i])
            {
                run++;
            }

            if (run - i > 1)
            {
                SortTies(keys, exact, part, scratch, rows, start + i, run - i);
            }

            i = run;
        }
    }

    // Rows of equal words: equal values, or values that more of them tells apart.
    private static void SortTies(ReadOnlySpan<SortKey> keys, bool exact, int part, Scratch scratch, int* rows, int start, int count)
    {
        if (exact)
        {
            SortEquals(keys[1..], scratch, rows, start, count);
        }
        else if (part < MaxParts && SortWords.HasMore(keys[0].Column))
        {
            SortValues(keys, part + 1, scratch, rows, start, count);
        }
        else
        {
            SortByComparing(keys, scratch, rows, start, count);
        }
    }

    private static void SortByComparing(ReadOnlySpan<SortKey> keys, Scratch scratch, int* rows, int start, int count)
    {
        RowComparer comparer = scratch.Comparer(keys);
        MergeSort.Sort(rows + start, count, scratch.OtherRows + start, comparer, keys[0].Descending);
        for (int i = 0; keys.Length > 1 && i < count;)
        {
            int run = i + 1;
            while (run < count && comparer.CompareValues(rows[start + i], rows[start + run]) == 0)
            {
                run++;
            }

            SortEquals(keys[1..], scratch, rows, start + i, run - i);
            i = run;
        }
    }

    private static void SortEquals(ReadOnlySpan<SortKey> others, Scratch scratch, int* rows, int start, int count)
    {
        if (others.Length > 0 && count > 1)
        {
            SortRange(others, scratch, rows, start, count);
        }
    }

    // Brings nulls to one end, keeping the order within both parts; returns the number of values.
    private static int SeparateNulls(SortKey key, Scratch scratch, int* rows, int count)
    {
        Bitmap validity = key.Column.Validity;
        int* nulls = scratch.OtherRows;
        int values = 0;
        int nullCount = 0;
        for (int i = 0; i < count; i++)
        {
            int row = rows[i];
            if (validity[row])
            {
                rows[values++] = row;
            }
            else
            {
                nulls[nullCount++] = row;
            }
        }

        if (key.NullsFirst)
        {
            Buffer.MemoryCopy(rows, rows + nullCount, (long)values * sizeof(int), (long)values * sizeof(int));
        }

        new Span<int>(nulls, nullCount).CopyTo(new Span<int>(key.NullsFirst ? rows : rows + values, nullCount));
        return values;
    }

    private sealed class Scratch(int rows, int keys) : IDisposable
    {
        private readonly RowComparer?[] _comparers = new RowComparer?[keys];
        private readonly NativeBuffer _words = KernelMemory.Rent((long)rows * sizeof(ulong), DataType.UInt64);
        private readonly NativeBuffer _otherWords = KernelMemory.Rent((long)rows * sizeof(ulong), DataType.UInt64);
        private readonly NativeBuffer _otherRows = KernelMemory.Rent((long)rows * sizeof(int), DataType.Int32);

        public ulong* Words => (ulong*)_words.Pointer;

        public ulong* OtherWords => (ulong*)_otherWords.Pointer;

        public int* OtherRows => (int*)_otherRows.Pointer;

        /// <summary>The comparer of the first of the last keys.</summary>
        public RowComparer Comparer(ReadOnlySpan<SortKey> last) => _comparers[^last.Length] ??= RowComparer.Create(last[0].Column, last[0].Column);

        public void Dispose()
        {
            _words.Dispose();
            _otherWords.Dispose();
            _otherRows.Dispose();
        }
    }
}
