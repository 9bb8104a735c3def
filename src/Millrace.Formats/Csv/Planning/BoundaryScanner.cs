using System.Numerics;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>
/// Finds record ends and counts lines at the speed of memory: the tokenizer's grammar without its lists. One thread uses it.
/// </summary>
internal abstract unsafe class BoundaryScanner
{
    /// <summary>Bytes of the window that were scanned; whoever drops bytes at its start takes them off.</summary>
    public int Scanned { get; set; }

    /// <summary>Line ends in all that was scanned.</summary>
    public long Lines { get; protected set; }

    /// <summary>
    /// Scans on until a record ends at or behind a place, and returns the place behind its end; -1 when the text ends before.
    /// Then <see cref="Scanned"/> and <see cref="Lines"/> may be up to a block ahead: see <see cref="LinesBehind"/>.
    /// </summary>
    /// <param name="text">The window, with padding behind it.</param>
    /// <param name="end">Bytes of text in it.</param>
    /// <param name="last">No text follows.</param>
    /// <param name="from">Where the next record may begin at the earliest; behind the boundary found before.</param>
    public abstract int FindBoundary(byte* text, int end, bool last, int from);

    /// <summary>Scans to the end of the window, and returns the place behind the last record that ended on the way; -1 when none did.</summary>
    public abstract int FindLastBoundary(byte* text, int end, bool last);

    /// <summary>Line ends among <see cref="Lines"/> that stand behind the boundary found last.</summary>
    public int LinesBehind { get; protected set; }

    public static BoundaryScanner Create(CsvDialect dialect, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => new Scanner<Classifier512>(dialect),
        VectorWidth.Bits256 => new Scanner<Classifier256>(dialect),
        VectorWidth.Bits128 => new Scanner<Classifier128>(dialect),
        _ => new Scanner<ClassifierScalar>(dialect),
    };

    private sealed class Scanner<TClassifier>(CsvDialect dialect) : BoundaryScanner
        where TClassifier : struct, IBlockClassifier
    {
        private const int Block = BlockScanner<TClassifier>.BlockSize;

        private BlockScanner<TClassifier> _scanner = new(dialect);

        public override int FindBoundary(byte* text, int end, bool last, int from)
        {
            BlockScanner<TClassifier> scanner = _scanner;
            int at = Scanned;
            long lines = Lines;
            int boundary = -1;
            while (boundary < 0 && at < end && (end - at > Block || last))
            {
                int count = Math.Min(Block, end - at);
                scanner.Next(text + at, count, at + count < end && text[at + count] == '\n', out ScannedBlock block);
                lines += BitOperations.PopCount(block.LineEnds);
                if (at + count >= from)
                {
                    ulong ends = block.Terminators & (from - 1 <= at ? ulong.MaxValue : ulong.MaxValue << (from - 1 - at));
                    if (ends != 0)
                    {
                        int bit = BitOperations.TrailingZeroCount(ends);
                        boundary = at + bit + 1;
                        LinesBehind = bit == Block - 1 ? 0 : BitOperations.PopCount(block.LineEnds >> (bit + 1));
                    }
                }

                at += count;
            }

            _scanner = scanner;
            Scanned = at;
            Lines = lines;
            return boundary;
        }

        public override int FindLastBoundary(byte* text, int end, bool last)
        {
            BlockScanner<TClassifier> scanner = _scanner;
            int at = Scanned;
            int boundary = -1;
            while (at < end && (end - at > Block || last))
            {
                int count = Math.Min(Block, end - at);
                scanner.Next(text + at, count, at + count < end && text[at + count] == '\n', out ScannedBlock block);
                if (block.Terminators != 0)
                {
                    boundary = at + Block - BitOperations.LeadingZeroCount(block.Terminators);
                }

                at += count;
            }

            _scanner = scanner;
            Scanned = at;
            return boundary;
        }
    }
}
