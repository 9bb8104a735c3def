using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Texts as they stand in SQL.</summary>
internal static class Quoting
{
    public static Column Literal(in KernelCall call) => Rows.Text(call, new LiteralRow(call.Text(0)));

    public static Column Identifier(in KernelCall call) => Rows.Text(call, new IdentifierRow(call.Text(0)));

    /// <summary>Writes <c>'text'</c> with quotes doubled and returns its length; the target holds twice the text and two.</summary>
    public static int WriteLiteral(ReadOnlySpan<byte> text, Span<byte> target) => Write(text, (byte)'\'', target);

    /// <summary>Writes a name, quoted where SQL needs that, and returns its length.</summary>
    public static int WriteIdentifier(ReadOnlySpan<byte> text, Span<byte> target)
    {
        bool plain = text.Length > 0 && text[0] is (>= (byte)'a' and <= (byte)'z') or (byte)'_';
        foreach (byte value in text)
        {
            plain &= value is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_';
        }

        if (!plain)
        {
            return Write(text, (byte)'"', target);
        }

        text.CopyTo(target);
        return text.Length;
    }

    private static int Write(ReadOnlySpan<byte> text, byte quote, Span<byte> target)
    {
        target[0] = quote;
        int written = 1;
        foreach (byte value in text)
        {
            target[written++] = value;
            if (value == quote)
            {
                target[written++] = value;
            }
        }

        target[written++] = quote;
        return written;
    }

    private readonly struct LiteralRow(TextArgument text) : IBuilderRow<BinaryBuilder>
    {
        public void Append(int row, BinaryBuilder result)
            => result.Commit(WriteLiteral(text[row], result.GetSpan(checked((text[row].Length * 2) + 2))));
    }

    private readonly struct IdentifierRow(TextArgument text) : IBuilderRow<BinaryBuilder>
    {
        public void Append(int row, BinaryBuilder result)
            => result.Commit(WriteIdentifier(text[row], result.GetSpan(checked((text[row].Length * 2) + 2))));
    }
}
