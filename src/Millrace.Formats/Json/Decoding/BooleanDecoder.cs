using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Columns of truth values. Where the type was declared, texts such as <c>"yes"</c> are taken, too.</summary>
internal sealed unsafe class BooleanDecoder(Field field, BooleanBuilder builder, bool nullAllowed, DecoderOptions options)
    : ColumnDecoder(field, builder, nullAllowed)
{
    public override uint* Read(JsonSegment segment, uint* token)
    {
        byte first = segment.Text[*token];
        if (first is (byte)'t' or (byte)'f')
        {
            bool value = first == 't';
            if (!JsonChars.Word(segment.Text, token).SequenceEqual(value ? "true"u8 : "false"u8))
            {
                return segment.Fail(JsonFault.Syntax, token);
            }

            builder.Append(value);
            return token + 1;
        }

        if (first != '"' || !options.Declared)
        {
            return ReadOther(segment, token);
        }

        if (!options.Scratch.TryGetText(segment, token, options.LoneSurrogates, out ReadOnlySpan<byte> content))
        {
            return null;
        }

        if (!BooleanText.TryParse(content, out bool parsed))
        {
            return segment.Fail(JsonFault.Misfit, token, Field.Name);
        }

        builder.Append(parsed);
        return token + 2;
    }
}
