using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>
/// Finds the fields and records of a text window. Entries are the positions of structural bytes: entry 0 is the byte
/// before the first record, and each further one ends a field. So field <c>c</c> of a record with base <c>b</c> lies between
/// entries <c>b + c</c> and <c>b + c + 1</c>. One thread uses it.
/// </summary>
internal abstract unsafe class CsvTokenizer : IDisposable
{
    // A block adds at most so many entries, and stores may overshoot by as many.
    private protected const int Slack = 128;

    private readonly NativeBuffer _entries;
    private readonly NativeBuffer _rowEnds;

    private protected CsvTokenizer(int entryCapacity)
    {
        Capacity = entryCapacity;
        _entries = BufferPool.Rent(checked((entryCapacity + Slack) * sizeof(int)));
        _rowEnds = BufferPool.Rent(checked((entryCapacity + Slack) * sizeof(int)));
        Entries[0] = -1;
    }

    /// <summary>Most entries; a record with more fields does not fit.</summary>
    public int Capacity { get; }

    public int* Entries => (int*)_entries.Pointer;

    /// <summary>Per record, the number of the entry that ends it.</summary>
    public int* RowEnds => (int*)_rowEnds.Pointer;

    /// <summary>Number of the last entry.</summary>
    public int EntryCount { get; protected set; }

    /// <summary>Complete records: blank lines and comments count as well.</summary>
    public int RowCount { get; protected set; }

    /// <summary>Bytes of the window that were scanned.</summary>
    public int Scanned { get; protected set; }

    /// <summary>Some scanned byte may be beyond ASCII.</summary>
    public bool HasHigh { get; protected set; }

    /// <summary>Some scanned byte is a carriage return.</summary>
    public bool HasReturn { get; protected set; }

    /// <summary>Text may follow a closing quote before this place; 0 if it nowhere does.</summary>
    public int TailsEnd { get; protected set; }

    public abstract CsvState State { get; }

    /// <summary>Scans on, up to the end of the text or until the entries are full. Bytes whose successor decides over them wait for it unless <paramref name="last"/>.</summary>
    /// <param name="text">The window; <see cref="TextWindow.Padding"/> bytes behind it are readable.</param>
    /// <param name="end">Bytes of text in it.</param>
    /// <param name="last">No text follows.</param>
    public abstract void Scan(byte* text, int end, bool last);

    public static CsvTokenizer Create(CsvDialect dialect, VectorWidth width, int entryCapacity) => width switch
    {
        VectorWidth.Bits512 => new Tokenizer<Classifier512>(dialect, entryCapacity),
        VectorWidth.Bits256 => new Tokenizer<Classifier256>(dialect, entryCapacity),
        VectorWidth.Bits128 => new Tokenizer<Classifier128>(dialect, entryCapacity),
        _ => new Tokenizer<ClassifierScalar>(dialect, entryCapacity),
    };

    /// <summary>Ends a record that the end of the text ends; a no-op between records.</summary>
    public void EndText()
    {
        if (State != CsvState.RecordStart)
        {
            Entries[++EntryCount] = Scanned;
            RowEnds[RowCount++] = EntryCount;
        }
    }

    /// <summary>Forgets the records behind the first ones; nothing may be scanned any more.</summary>
    public void KeepRows(int rows) => RowCount = rows;

    /// <summary>Forgets the complete records and returns how many bytes at the window's start can be dropped; those must be dropped.</summary>
    public int DropRows()
    {
        if (RowCount == 0)
        {
            // The record before may have ended where the window starts.
            return DropTo(0);
        }

        return DropTo(RowEnds[RowCount - 1]);
    }

    public void Dispose()
    {
        _entries.Dispose();
        _rowEnds.Dispose();
    }

    private int DropTo(int entry)
    {
        int* entries = Entries;
        int drop = Math.Min(entries[entry] + 1, Scanned);
        int kept = EntryCount - entry;
        for (int i = 0; i <= kept; i++)
        {
            entries[i] = entries[entry + i] - drop;
        }

        Scanned -= drop;
        TailsEnd = Math.Max(TailsEnd - drop, 0);
        EntryCount = kept;
        RowCount = 0;
        HasHigh &= Scanned > 0;
        HasReturn &= Scanned > 0;
        return drop;
    }

    private sealed class Tokenizer<TClassifier>(CsvDialect dialect, int entryCapacity) : CsvTokenizer(entryCapacity)
        where TClassifier : struct, IBlockClassifier
    {
        private const int Block = BlockScanner<TClassifier>.BlockSize;

        private BlockScanner<TClassifier> _scanner = new(dialect);

        public override CsvState State => _scanner.State;

        public override void Scan(byte* text, int end, bool last)
        {
            BlockScanner<TClassifier> scanner = _scanner;
            int at = Scanned;
            int* entry = Entries + EntryCount + 1;
            int* entryLimit = Entries + Capacity;
            int* rowEnds = RowEnds;
            int rows = RowCount;
            int baseEntry = EntryCount;
            ulong high = 0;
            bool hasReturn = false;
            while (end - at > Block && entry <= entryLimit)
            {
                scanner.Next(text + at, Block, text[at + Block] == '\n', out ScannedBlock block);
                ulong terminators = block.Terminators;
                while (terminators != 0)
                {
                    rowEnds[rows++] = baseEntry + BitOperations.PopCount(block.Structural & (terminators ^ (terminators - 1)));
                    terminators &= terminators - 1;
                }

                int count = BitOperations.PopCount(block.Structural);
                Store(entry, block.Structural, count, at);
                entry += count;
                baseEntry += count;
                high |= block.High;
                hasReturn |= block.HasReturn;
                at += Block;
            }

            TailsEnd = scanner.TakeTail() ? at : TailsEnd;
            _scanner = scanner;
            Scanned = at;
            EntryCount = baseEntry;
            RowCount = rows;
            HasHigh |= high != 0;
            HasReturn |= hasReturn;
            if (last && end - at is > 0 and <= Block && entry <= entryLimit)
            {
                ScanTail(text, end);
            }
        }

        private void ScanTail(byte* text, int end)
        {
            int at = Scanned;
            _scanner.Next(text + at, end - at, false, out ScannedBlock block);
            for (ulong structural = block.Structural; structural != 0; structural &= structural - 1)
            {
                int bit = BitOperations.TrailingZeroCount(structural);
                Entries[++EntryCount] = at + bit;
                if ((block.Terminators >> bit & 1) != 0)
                {
                    RowEnds[RowCount++] = EntryCount;
                }
            }

            HasHigh |= block.High != 0;
            HasReturn |= block.HasReturn;
            Scanned = end;
            TailsEnd = _scanner.TakeTail() ? end : TailsEnd;
        }

        // Eight stores whether needed or not: a loop over the set bits would mispredict once a block.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store(int* entry, ulong bits, int count, int at)
        {
            StoreEight(entry, ref bits, at);
            if (count > 8)
            {
                StoreEight(entry + 8, ref bits, at);
                if (count > 16)
                {
                    for (entry += 16; bits != 0; bits &= bits - 1)
                    {
                        *entry++ = at + BitOperations.TrailingZeroCount(bits);
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void StoreEight(int* entry, ref ulong bits, int at)
        {
            for (int i = 0; i < 8; i++)
            {
                entry[i] = at + BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
            }
        }
    }
}
