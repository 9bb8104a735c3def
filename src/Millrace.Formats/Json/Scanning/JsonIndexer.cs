using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>What the indexed text contains, so that decoders can leave out work.</summary>
[Flags]
internal enum JsonTraits
{
    None = 0,
    Backslashes = 1,
    NonAscii = 2,
}

/// <summary>
/// Finds the tokens of JSON text, 64 bytes at a time: each bracket, brace, colon and comma outside texts, each quote that
/// opens or closes a text, the first byte of each other value. A control character inside a text is a token too, so that a
/// text whose next token is not a quote is a bad one. Between tokens stands nothing but white space, the insides of texts,
/// and the rest of numbers and words.
/// </summary>
internal static unsafe class JsonIndexer
{
    /// <summary>Token places that are written beyond the last token.</summary>
    public const int Slack = 64;

    /// <summary>Bytes behind the text that are read.</summary>
    public const int Overread = 64;

    /// <summary>Indexes <c>text[start..end)</c> into <paramref name="tokens"/>, which has room for a token a byte and <see cref="Slack"/>.</summary>
    /// <param name="text">What places count from.</param>
    /// <param name="start">A place outside of texts.</param>
    /// <param name="end">Where to stop.</param>
    /// <param name="tokens">Receives places, ascending.</param>
    /// <param name="lines">Line feeds are tokens, and one inside a text ends it: what follows counts as outside again.</param>
    /// <param name="traits">What was seen.</param>
    /// <param name="width">Which implementation to use.</param>
    /// <returns>How many tokens were found.</returns>
    public static int Index(byte* text, int start, int end, uint* tokens, bool lines, out JsonTraits traits, VectorWidth width) => width switch
    {
        VectorWidth.Bits512 when CompressEmitter.IsSupported => Run<JsonClassifier512, CompressEmitter>(text, start, end, tokens, lines, out traits),
        VectorWidth.Bits512 => Run<JsonClassifier512, BitEmitter>(text, start, end, tokens, lines, out traits),
        VectorWidth.Bits256 => Run<JsonClassifier256, BitEmitter>(text, start, end, tokens, lines, out traits),
        VectorWidth.Bits128 => Run<JsonClassifier128, BitEmitter>(text, start, end, tokens, lines, out traits),
        _ => Run<JsonClassifierScalar, BitEmitter>(text, start, end, tokens, lines, out traits),
    };

    private static int Run<TClassifier, TEmitter>(byte* text, int start, int end, uint* tokens, bool lines, out JsonTraits traits)
        where TClassifier : struct, IJsonClassifier
        where TEmitter : struct, ITokenEmitter
    {
        uint* next = tokens;
        ulong lineMask = lines ? ulong.MaxValue : 0;
        ulong escapeCarry = 0;
        ulong stringCarry = 0;
        ulong wordCarry = 0;
        ulong high = 0;
        ulong backslashes = 0;
        for (int at = start; at < end;)
        {
            TClassifier.Classify(text + at, out JsonBlock block);
            if (end - at < 64)
            {
                Clip(ref block, end - at);
            }

            high |= block.High;
            backslashes |= block.Backslashes;
            ulong escaped = (block.Backslashes | escapeCarry) == 0 ? 0 : Escaped(block.Backslashes, ref escapeCarry);
            ulong quotes = block.Quotes & ~escaped;
            ulong inside = PrefixXor.Of(quotes) ^ stringCarry;
            ulong text64 = inside | quotes;
            ulong lineFeeds = block.LineFeeds & lineMask;
            ulong word = ~(block.Operators | block.Spaces | text64);
            ulong wordStarts = word & ~((word << 1) | wordCarry);
            ulong found = (block.Operators & ~text64) | quotes | wordStarts | (block.Controls & inside) | (lineFeeds & ~inside);
            ulong broken = lineFeeds & inside;
            if (broken != 0)
            {
                int cut = BitOperations.TrailingZeroCount(broken);
                next = TEmitter.Emit(next, found & (ulong.MaxValue >> (63 - cut)), at);
                at += cut + 1;
                escapeCarry = 0;
                stringCarry = 0;
                wordCarry = 0;
                continue;
            }

            next = TEmitter.Emit(next, found, at);
            stringCarry = (ulong)((long)inside >> 63);
            wordCarry = word >> 63;
            at += 64;
        }

        traits = (backslashes != 0 ? JsonTraits.Backslashes : 0) | (high != 0 ? JsonTraits.NonAscii : 0);
        return (int)(next - tokens);
    }

    // Bytes beyond the text count as blanks.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Clip(ref JsonBlock block, int length)
    {
        ulong keep = (1UL << length) - 1;
        block.Backslashes &= keep;
        block.Quotes &= keep;
        block.Operators &= keep;
        block.Spaces |= ~keep;
        block.Controls &= keep;
        block.LineFeeds &= keep;
        block.High &= keep;
    }

    // Backslashes are rare, so each one is visited: one that is not itself escaped escapes what follows it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Escaped(ulong backslashes, ref ulong carry)
    {
        ulong escaped = carry;
        ulong rest = backslashes & ~carry;
        carry = 0;
        while (rest != 0)
        {
            int at = BitOperations.TrailingZeroCount(rest);
            if (at == 63)
            {
                carry = 1;
                break;
            }

            escaped |= 2UL << at;
            rest &= ~(3UL << at);
        }

        return escaped;
    }
}
