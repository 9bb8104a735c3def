namespace Millrace.Formats.Json;

/// <summary>
/// Reads the members of an object into one row of columns. The field behind each field is guessed to be the one that stood
/// there in the object before. Of equal names the last one counts; columns without a field get a null.
/// </summary>
internal sealed unsafe class ObjectDecoder(ColumnDecoder[] columns, FieldTable table, JsonUnknownFields unknown, DecoderOptions options)
{
    public ColumnDecoder[] Columns => columns;

    /// <summary>Reads from the token behind the opening brace to the one behind the closing brace, into row <paramref name="row"/> of the columns.</summary>
    public uint* Read(JsonSegment segment, uint* token, int row)
    {
        byte* text = segment.Text;
        int filled = 0;
        FieldSlot? previous = null;
        if (text[*token] == '}')
        {
            return FillMissing(segment, token, row) ? token + 1 : null;
        }

        while (true)
        {
            uint open = token[0];
            uint close = token[1];
            if (text[open] != '"' || text[close] != '"' || text[token[2]] != ':')
            {
                return segment.Fail(JsonFault.Syntax, text[open] != '"' ? token : text[close] != '"' ? token + 1 : token + 2);
            }

            FieldSlot slot = previous is null ? table.First : previous.Next;
            if (!slot.Matches(text + open + 1, (int)(close - open) - 1))
            {
                FieldSlot? found = Find(segment, token, previous);
                if (found is null)
                {
                    return null;
                }

                slot = found;
            }

            previous = slot;
            token += 3;
            if (slot.Column < 0)
            {
                token = JsonSyntax.Skip(segment, token);
                if (token == null)
                {
                    return null;
                }
            }
            else
            {
                ColumnDecoder column = columns[slot.Column];
                if (column.Builder.Length > row)
                {
                    column.Builder.Truncate(row);
                    filled--;
                }

                token = column.Read(segment, token);
                if (token == null)
                {
                    return null;
                }

                filled++;
            }

            byte c = text[*token];
            if (c == ',')
            {
                token++;
                continue;
            }

            if (c != '}')
            {
                return segment.Fail(JsonFault.Syntax, token);
            }

            return filled == columns.Length || FillMissing(segment, token, row) ? token + 1 : null;
        }
    }

    /// <summary>Takes back what a failed <see cref="Read"/> has left.</summary>
    public void Truncate(int row)
    {
        foreach (ColumnDecoder column in columns)
        {
            column.Builder.Truncate(row);
        }
    }

    private bool FillMissing(JsonSegment segment, uint* token, int row)
    {
        foreach (ColumnDecoder column in columns)
        {
            if (column.Builder.Length == row && !column.TryAppendMissing(segment, token))
            {
                return false;
            }
        }

        return true;
    }

    private FieldSlot? Find(JsonSegment segment, uint* token, FieldSlot? previous)
    {
        if (!options.Scratch.TryGetText(segment, token, options.LoneSurrogates, out ReadOnlySpan<byte> name))
        {
            return null;
        }

        FieldSlot slot = table.Find(name);
        if (!slot.IsKnown && unknown != JsonUnknownFields.Ignore && !JsonChars.IsNull(segment.Text, token + 3))
        {
            segment.Fail(JsonFault.UnknownField, token, System.Text.Encoding.UTF8.GetString(name));
            return null;
        }

        // An unknown field that was null here may have a value in the next object, so it is not guessed.
        if (!slot.IsKnown && unknown != JsonUnknownFields.Ignore)
        {
            return slot;
        }

        if (previous is null)
        {
            table.First = slot;
        }
        else
        {
            previous.Next = slot;
        }

        return slot;
    }
}
