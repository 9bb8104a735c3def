using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Texts taken apart into arrays.</summary>
internal static class Splitting
{
    /// <summary>By a separator; an empty one splits into code points.</summary>
    public static Column Split(in KernelCall call) => Rows.List(call, new SplitRow(call.Text(0), call.Text(1)));

    /// <summary>
    /// By PostgreSQL's rules: a null separator splits into code points, an empty one does not split, an empty text has no
    /// parts, and parts that equal the third argument become null.
    /// </summary>
    public static Column StringToArray(in KernelCall call)
    {
        using var result = new ListBuilder(call.Type, call.Rows);
        var items = (BinaryBuilder)result.Items;
        TextArgument text = call.Text(0);
        TextArgument separator = call.Text(1);
        bool hasNullText = call.Has(2);
        TextArgument nullText = hasNullText ? call.Text(2) : default;
        for (int row = 0; row < call.Rows; row++)
        {
            if (call.Arguments[0].IsNull(row))
            {
                result.AppendNull();
                continue;
            }

            int first = items.Length;
            ReadOnlySpan<byte> value = text[row];
            bool byCharacter = call.Arguments[1].IsNull(row);
            if (!value.IsEmpty)
            {
                if (!byCharacter && separator[row].IsEmpty)
                {
                    items.Append(value);
                }
                else
                {
                    Append(value, byCharacter ? default : separator[row], items);
                }
            }

            for (int item = first; hasNullText && !call.Arguments[2].IsNull(row) && item < items.Length; item++)
            {
                if (items[item].SequenceEqual(nullText[row]))
                {
                    items.SetNull(item);
                }
            }

            result.AppendRow();
        }

        return result.Build();
    }

    private static void Append(ReadOnlySpan<byte> text, ReadOnlySpan<byte> separator, BinaryBuilder items)
    {
        if (separator.IsEmpty)
        {
            for (int at = 0; at < text.Length;)
            {
                int next = Utf8Text.Next(text, at);
                items.Append(text[at..next]);
                at = next;
            }

            return;
        }

        for (int at = text.IndexOf(separator); at >= 0; at = text.IndexOf(separator))
        {
            items.Append(text[..at]);
            text = text[(at + separator.Length)..];
        }

        items.Append(text);
    }

    private readonly struct SplitRow(TextArgument text, TextArgument separator) : IBuilderRow<ListBuilder>
    {
        public void Append(int row, ListBuilder result)
        {
            Splitting.Append(text[row], separator[row], (BinaryBuilder)result.Items);
            result.AppendRow();
        }
    }
}
