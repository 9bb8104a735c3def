using System.Buffers.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>A piece of a template: text, or a value that it is followed by.</summary>
/// <param name="Text">What stands before the value, in UTF-8.</param>
/// <param name="Value">The value; null at the end of the template.</param>
/// <param name="Names">Texts of the values 0, 1 and so on; null to write numbers.</param>
/// <param name="Digits">Least number of digits.</param>
internal sealed record TemplatePiece(byte[] Text, Wholes? Value, byte[][]? Names, int Digits)
{
    /// <summary>Digits of the longest number and its sign.</summary>
    private const int Longest = 20;

    public long MaxBytes => Text.Length + (Value is null ? 0 : Names is null ? Math.Max(Longest, Digits + 1) : Names.Max(n => n.Length));
}

/// <summary>Text with values of other columns in it.</summary>
internal sealed class TemplateColumn(IReadOnlyList<TemplatePiece> pieces) : ColumnGenerator(DataType.Utf8)
{
    private readonly int _most = (int)pieces.Sum(p => p.MaxBytes);

    public override long RowBytes => _most + sizeof(int);

    public override Column Build(long firstRow, int count)
    {
        using var scratch = new Scratch<long>(count * pieces.Count);
        Span<long> values = scratch.Span;
        for (int p = 0; p < pieces.Count; p++)
        {
            pieces[p].Value?.Fill(firstRow, values.Slice(p * count, count));
        }

        using var builder = new BinaryBuilder(Type, count);
        for (int i = 0; i < count; i++)
        {
            Span<byte> target = builder.GetSpan(_most);
            int at = 0;
            for (int p = 0; p < pieces.Count; p++)
            {
                TemplatePiece piece = pieces[p];
                piece.Text.CopyTo(target[at..]);
                at += piece.Text.Length;
                at += piece.Value is null ? 0 : Write(target[at..], piece, values[(p * count) + i]);
            }

            builder.Commit(at);
        }

        return builder.Build();
    }

    private static int Write(Span<byte> target, TemplatePiece piece, long value)
    {
        if (piece.Names is { } names)
        {
            names[value].CopyTo(target);
            return names[value].Length;
        }

        Utf8Formatter.TryFormat(value, target, out int written, piece.Digits > 0 ? new System.Buffers.StandardFormat('D', (byte)piece.Digits) : default);
        return written;
    }
}
