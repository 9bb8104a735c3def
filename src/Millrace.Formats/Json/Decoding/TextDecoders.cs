using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Columns of text. What is not a text is kept as the JSON text it is.</summary>
internal sealed unsafe class TextDecoder(Field field, BinaryBuilder builder, bool nullAllowed, bool unseen, DecoderOptions options)
    : ColumnDecoder(field, builder, nullAllowed)
{
    public override uint* Read(JsonSegment segment, uint* token)
    {
        byte* text = segment.Text;
        uint open = token[0];
        if (text[open] != '"')
        {
            return ReadRaw(segment, token);
        }

        uint close = token[1];
        if (text[close] != '"')
        {
            return segment.Fail(JsonFault.Syntax, token + 1);
        }

        int length = (int)(close - open) - 1;
        byte* source = text + open + 1;
        byte* target = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(builder.GetSpan(length + JsonText.Overrun)));
        if ((segment.Traits & JsonTraits.Backslashes) == 0)
        {
            JsonText.Copy(source, length, target);
            builder.Commit(length);
            return token + 2;
        }

        int plain = JsonText.CopyUpToEscape(source, length, target);
        if (plain < length)
        {
            JsonFault fault = JsonText.Unescape(source + plain, length - plain, target + plain, options.LoneSurrogates, out int written);
            if (fault != JsonFault.None)
            {
                return segment.Fail(fault, token);
            }

            length = plain + written;
        }

        builder.Commit(length);
        return token + 2;
    }

    private uint* ReadRaw(JsonSegment segment, uint* token)
    {
        if (JsonChars.IsNull(segment.Text, token))
        {
            return ReadNull(segment, token);
        }

        // Of such a column the sample held no value, so its type is not known before the first one.
        if (unseen)
        {
            return segment.Fail(JsonFault.Misfit, token, Field.Name);
        }

        uint* end = JsonSyntax.Check(segment, token);
        if (end != null)
        {
            builder.Append(JsonSyntax.Raw(segment.Text, token, end));
        }

        return end;
    }
}

/// <summary>Columns of JSON text: every value as it stands in the file. JSON's null is the column's, where that has one.</summary>
internal sealed unsafe class RawDecoder(Field field, BinaryBuilder builder, bool nullAllowed) : ColumnDecoder(field, builder, nullAllowed)
{
    private readonly bool _nulls = nullAllowed;

    public override uint* Read(JsonSegment segment, uint* token)
    {
        if (_nulls && JsonChars.IsNull(segment.Text, token))
        {
            return ReadNull(segment, token);
        }

        uint* end = JsonSyntax.Check(segment, token);
        if (end != null)
        {
            builder.Append(JsonSyntax.Raw(segment.Text, token, end));
        }

        return end;
    }
}

/// <summary>Columns whose values stand as texts of one form: dates, times, identifiers, bytes.</summary>
internal sealed unsafe class FormDecoder<TForm>(Field field, ColumnBuilder builder, bool nullAllowed, TForm form, DecoderOptions options)
    : ColumnDecoder(field, builder, nullAllowed)
    where TForm : struct, ITextAppender
{
    private TForm _form = form;

    public override uint* Read(JsonSegment segment, uint* token)
    {
        if (segment.Text[*token] != '"')
        {
            return ReadOther(segment, token);
        }

        uint open = token[0];
        uint close = token[1];
        var content = new ReadOnlySpan<byte>(segment.Text + open + 1, (int)(close - open) - 1);
        bool plain = (segment.Traits & JsonTraits.Backslashes) == 0 && segment.Text[close] == '"';
        if (!plain && !options.Scratch.TryGetText(segment, token, options.LoneSurrogates, out content))
        {
            return null;
        }

        return _form.TryAppend(content) ? token + 2 : segment.Fail(JsonFault.Misfit, token, Field.Name);
    }
}

/// <summary>How a text becomes a value of a column.</summary>
internal interface ITextAppender
{
    /// <summary>Appends the value, or returns false and appends nothing.</summary>
    bool TryAppend(ReadOnlySpan<byte> text);
}
