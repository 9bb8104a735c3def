using System.Buffers;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Upper and lower case by Unicode's simple mappings, a code point for a code point, without regard to language.</summary>
internal static class Casing
{
    public static Column Upper(in KernelCall call) => Rows.Text(call, new UpperRow(call.Text(0)));

    public static Column Lower(in KernelCall call) => Rows.Text(call, new LowerRow(call.Text(0)));

    public static Column InitCap(in KernelCall call) => Rows.Text(call, new InitCapRow(call.Text(0)));

    /// <summary>The most bytes that a text can have in another case: two bytes can become three.</summary>
    public static int MaxLength(int bytes) => checked((int)(bytes * 3L / 2) + 3);

    /// <summary>Writes a text in lower case and returns its length.</summary>
    public static int ToLower(ReadOnlySpan<byte> text, Span<byte> target)
        => Ascii.ToLower(text, target, out int done) == OperationStatus.Done ? done : Change(text, target, done, upper: false);

    private static int ToUpper(ReadOnlySpan<byte> text, Span<byte> target)
        => Ascii.ToUpper(text, target, out int done) == OperationStatus.Done ? done : Change(text, target, done, upper: true);

    private static int Change(ReadOnlySpan<byte> text, Span<byte> target, int done, bool upper)
    {
        int written = done;
        while (done < text.Length)
        {
            Rune rune = Utf8Text.Read(text, ref done);
            rune = upper ? Rune.ToUpperInvariant(rune) : Rune.ToLowerInvariant(rune);
            written += rune.EncodeToUtf8(target[written..]);
        }

        return written;
    }

    private readonly struct UpperRow(TextArgument text) : IBuilderRow<BinaryBuilder>
    {
        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> value = text[row];
            result.Commit(ToUpper(value, result.GetSpan(MaxLength(value.Length))));
        }
    }

    private readonly struct LowerRow(TextArgument text) : IBuilderRow<BinaryBuilder>
    {
        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> value = text[row];
            result.Commit(ToLower(value, result.GetSpan(MaxLength(value.Length))));
        }
    }

    private readonly struct InitCapRow(TextArgument text) : IBuilderRow<BinaryBuilder>
    {
        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> value = text[row];
            Span<byte> target = result.GetSpan(MaxLength(value.Length));
            int written = 0;
            bool inWord = false;
            for (int at = 0; at < value.Length;)
            {
                Rune rune = Utf8Text.Read(value, ref at);
                rune = inWord ? Rune.ToLowerInvariant(rune) : Rune.ToUpperInvariant(rune);
                inWord = Rune.IsLetterOrDigit(rune);
                written += rune.EncodeToUtf8(target[written..]);
            }

            result.Commit(written);
        }
    }
}
