using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>What <see cref="BlockScanner{TClassifier}"/> found in up to 64 bytes, a bit per byte.</summary>
internal struct ScannedBlock
{
    /// <summary>Delimiters and line ends outside quotes: each ends a field. Of CR LF both count.</summary>
    public ulong Structural;

    /// <summary>Line ends wherever they stand; of CR LF only the LF counts.</summary>
    public ulong LineEnds;

    /// <summary>Bytes of characters beyond ASCII; all ones where it was not looked.</summary>
    public ulong High;

    public bool HasReturn;

    /// <summary>Line ends that end a record.</summary>
    public readonly ulong Terminators => Structural & LineEnds;
}

/// <summary>
/// Tells structure from content, 64 bytes a step. As long as quotes stand where RFC 4180 puts them, the parity of quotes
/// says what is inside; a block in which they do not is gone through byte by byte from the state at its start. Both ways
/// give the same result, so any text has exactly one reading.
/// </summary>
internal unsafe struct BlockScanner<TClassifier>
    where TClassifier : struct, IBlockClassifier
{
    public const int BlockSize = 64;

    private readonly CsvDialect _dialect;
    private readonly byte _delimiter;
    private readonly byte _quote;
    private readonly ulong _quoteOn;
    private readonly bool _hasSpecial;

    // The state before the next block while it is one of the first five of CsvState: all ones inside quotes; 1 where a
    // field starts, where a quote may have closed a field, where a record starts.
    private ulong _inside;
    private ulong _start;
    private ulong _close;
    private ulong _record;

    // The state, when it is another one.
    private CsvState _rare;
    private bool _isRare;
    private bool _sawTail;

    public BlockScanner(CsvDialect dialect)
    {
        _dialect = dialect;
        _delimiter = dialect.Delimiter;
        _quote = (byte)(dialect.HasQuote ? dialect.Quote : 0);
        _quoteOn = dialect.HasQuote ? ulong.MaxValue : 0;
        _hasSpecial = dialect.Escape >= 0 || dialect.Comment >= 0;
        _start = 1;
        _record = 1;
    }

    public readonly CsvState State
        => _isRare ? _rare
            : _inside != 0 ? CsvState.Quoted
            : _close != 0 ? CsvState.QuoteInQuoted
            : _record != 0 ? CsvState.RecordStart
            : _start != 0 ? CsvState.FieldStart
            : CsvState.Unquoted;

    /// <summary>Whether text stood behind a closing quote since the last call.</summary>
    public bool TakeTail()
    {
        bool saw = _sawTail;
        _sawTail = false;
        return saw;
    }

    /// <summary>Scans the next bytes.</summary>
    /// <param name="block">Start of the bytes; 64 are readable.</param>
    /// <param name="count">How many belong to the text, at most 64.</param>
    /// <param name="lineFeedFollows">The byte after them is LF.</param>
    /// <param name="result">What was found.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next(byte* block, int count, bool lineFeedFollows, out ScannedBlock result)
    {
        if (count != BlockSize || _isRare)
        {
            StepBytes(block, count, lineFeedFollows, out result);
            return;
        }

        TClassifier.Classify(block, _delimiter, _quote, out BlockMasks masks);
        ulong quotes = masks.Quotes & _quoteOn;
        ulong returns = masks.CarriageReturns;
        ulong all = masks.Delimiters | masks.LineFeeds | returns;
        ulong lineEnds = masks.LineFeeds;
        if (returns != 0)
        {
            ulong beforeFeed = (masks.LineFeeds >> 1) | ((ulong)Unsafe.BitCast<bool, byte>(lineFeedFollows) << 63);
            lineEnds |= returns & ~beforeFeed;
        }

        ulong structural = all;
        if ((quotes | _inside | _close) != 0 || _hasSpecial)
        {
            ulong inside = PrefixXor.Of(quotes) ^ _inside;
            ulong opens = quotes & inside;
            ulong closes = quotes & ~inside;
            structural = all & ~inside;
            ulong starts = (structural << 1) | _start;
            ulong afterClose = (closes << 1) | _close;
            ulong dirty = (opens & ~(starts | afterClose)) | (afterClose & ~(all | quotes));
            if ((dirty | (_hasSpecial ? FindSpecial(block) : 0)) != 0)
            {
                StepBytes(block, count, lineFeedFollows, out result);
                return;
            }

            _inside = (ulong)((long)inside >> 63);
            _close = closes >> 63;
        }

        result.Structural = structural;
        result.LineEnds = lineEnds;
        result.High = masks.High;
        result.HasReturn = returns != 0;
        if (_dialect.Trim && block[BlockSize - 1] == ' ')
        {
            CarryOverSpaces(block, structural);
        }
        else
        {
            _start = structural >> 63;
        }

        _record = (structural & lineEnds) >> 63;
    }

    private readonly ulong FindSpecial(byte* block)
        => (_dialect.Escape >= 0 ? TClassifier.Find(block, (byte)_dialect.Escape) : 0)
            | (_dialect.Comment >= 0 ? TClassifier.Find(block, (byte)_dialect.Comment) : 0);

    // A quote behind trimmed spaces still opens a field, so the start of a field reaches across them.
    private void CarryOverSpaces(byte* block, ulong structural)
    {
        int spaces = BitOperations.LeadingZeroCount(~TClassifier.Find(block, (byte)' '));
        if (spaces < BlockSize)
        {
            _start = structural >> (BlockSize - 1 - spaces) & 1;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void StepBytes(byte* block, int count, bool lineFeedFollows, out ScannedBlock result)
    {
        CsvState state = State;
        result = new ScannedBlock { High = ulong.MaxValue };
        for (int i = 0; i < count; i++)
        {
            byte b = block[i];
            bool isReturn = b == '\r';
            bool isPair = isReturn && (i + 1 < count ? block[i + 1] == '\n' : lineFeedFollows);
            bool isLineEnd = b == '\n' || (isReturn && !isPair);
            result.HasReturn |= isReturn;
            result.LineEnds |= (isLineEnd ? 1UL : 0) << i;
            CsvState next = Step(state, b, isLineEnd, isPair, out bool structural);
            _sawTail |= state is CsvState.QuoteInQuoted or CsvState.AfterQuoted && next is CsvState.Unquoted or CsvState.EscapedUnquoted;
            state = next;
            result.Structural |= (structural ? 1UL : 0) << i;
        }

        _isRare = state > CsvState.QuoteInQuoted;
        _rare = state;
        _inside = state == CsvState.Quoted ? ulong.MaxValue : 0;
        _close = state == CsvState.QuoteInQuoted ? 1UL : 0;
        _record = state == CsvState.RecordStart ? 1UL : 0;
        _start = state is CsvState.RecordStart or CsvState.FieldStart ? 1UL : 0;
    }

    private readonly CsvState Step(CsvState state, byte b, bool isLineEnd, bool isPair, out bool structural)
    {
        structural = false;
        switch (state)
        {
            case CsvState.EscapedQuoted:
                return CsvState.Quoted;
            case CsvState.EscapedUnquoted:
                return CsvState.Unquoted;
            case CsvState.Comment:
                structural = isLineEnd;
                return isLineEnd ? CsvState.RecordStart : CsvState.Comment;
            case CsvState.Quoted:
                return b == _dialect.Escape ? CsvState.EscapedQuoted : b == _dialect.Quote ? CsvState.QuoteInQuoted : CsvState.Quoted;
        }

        if (isLineEnd | isPair | b == _delimiter)
        {
            structural = true;
            return isLineEnd ? CsvState.RecordStart : CsvState.FieldStart;
        }

        switch (state)
        {
            case CsvState.RecordStart when b == _dialect.Comment:
                return CsvState.Comment;
            case CsvState.RecordStart or CsvState.FieldStart:
                if (b == _dialect.Quote)
                {
                    return CsvState.Quoted;
                }

                if (_dialect.Trim && b == ' ')
                {
                    return CsvState.FieldStart;
                }

                break;
            case CsvState.QuoteInQuoted when b == _dialect.Quote:
                return CsvState.Quoted;
            case CsvState.QuoteInQuoted or CsvState.AfterQuoted when _dialect.Trim && b == ' ':
                return CsvState.AfterQuoted;
        }

        return b == _dialect.Escape ? CsvState.EscapedUnquoted : CsvState.Unquoted;
    }
}
