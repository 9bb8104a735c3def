using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Columns of objects with known fields.</summary>
internal sealed unsafe class StructDecoder(Field field, StructBuilder builder, bool nullAllowed, ObjectDecoder members)
    : ColumnDecoder(field, builder, nullAllowed)
{
    public override uint* Read(JsonSegment segment, uint* token)
    {
        if (segment.Text[*token] != '{')
        {
            return ReadOther(segment, token);
        }

        token = members.Read(segment, token + 1, builder.Length);
        if (token != null)
        {
            builder.AppendRow();
        }

        return token;
    }
}

/// <summary>Columns of arrays.</summary>
internal sealed unsafe class ListDecoder(Field field, ListBuilder builder, bool nullAllowed, ColumnDecoder items)
    : ColumnDecoder(field, builder, nullAllowed)
{
    private readonly int _most = BatchSize.MostItems(field.Type);

    public override uint* Read(JsonSegment segment, uint* token)
    {
        byte* text = segment.Text;
        if (text[*token] != '[')
        {
            return ReadOther(segment, token);
        }

        token++;
        if (text[*token] == ']')
        {
            builder.AppendRow();
            return token + 1;
        }

        while (true)
        {
            token = items.Read(segment, token);
            if (token == null)
            {
                return null;
            }

            byte c = text[*token];
            if (c == ',')
            {
                if (builder.Items.Length > _most)
                {
                    return segment.Fail(JsonFault.TooLarge, token);
                }

                token++;
                continue;
            }

            if (c != ']')
            {
                return segment.Fail(JsonFault.Syntax, token);
            }

            builder.AppendRow();
            return token + 1;
        }
    }
}
