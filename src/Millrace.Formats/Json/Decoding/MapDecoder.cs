using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Columns of objects whose field names are data. Of equal names the last one counts, in the place of the first.</summary>
internal sealed unsafe class MapDecoder(Field field, ListBuilder builder, bool nullAllowed, IMapKeys keys, ColumnDecoder values, DecoderOptions options)
    : ColumnDecoder(field, builder, nullAllowed)
{
    private readonly StructBuilder _entries = (StructBuilder)builder.Items;
    private readonly int _most = BatchSize.MostItems(field.Type);
    private readonly List<(int Token, byte[] Name)> _members = [];
    private readonly Dictionary<byte[], int> _places = new(ByteNames.Comparer);

    public override uint* Read(JsonSegment segment, uint* token)
    {
        if (segment.Text[*token] != '{')
        {
            return ReadOther(segment, token);
        }

        uint* end = Collect(segment, token);
        if (end == null)
        {
            return null;
        }

        foreach ((int member, byte[] name) in CollectionsMarshal.AsSpan(_members))
        {
            uint* key = segment.Tokens + member;
            if (!keys.TryAppend(name))
            {
                return segment.Fail(JsonFault.Misfit, key, Field.Name);
            }

            uint* after = values.Read(segment, key + 3);
            if (after == null)
            {
                return null;
            }

            if (segment.Text[*after] is not ((byte)',' or (byte)'}'))
            {
                return segment.Fail(JsonFault.Syntax, after);
            }

            _entries.AppendRow();
            if (_entries.Length > _most)
            {
                return segment.Fail(JsonFault.TooLarge, key);
            }
        }

        builder.AppendRow();
        return end;
    }

    // Where the members stand, each name once. The values are skipped here, so that one that is overridden is not decoded.
    private uint* Collect(JsonSegment segment, uint* token)
    {
        _members.Clear();
        _places.Clear();
        byte* text = segment.Text;
        token++;
        if (text[*token] == '}')
        {
            return token + 1;
        }

        while (true)
        {
            if (text[*token] != '"' || text[token[1]] != '"' || text[token[2]] != ':')
            {
                return segment.Fail(JsonFault.Syntax, token);
            }

            if (!options.Scratch.TryGetText(segment, token, options.LoneSurrogates, out ReadOnlySpan<byte> name))
            {
                return null;
            }

            byte[] key = name.ToArray();
            int member = (int)(token - segment.Tokens);
            if (_places.TryAdd(key, _members.Count))
            {
                _members.Add((member, key));
            }
            else
            {
                _members[_places[key]] = (member, key);
            }

            token = JsonSyntax.Check(segment, token + 3);
            if (token == null)
            {
                return null;
            }

            byte c = text[*token++];
            if (c == '}')
            {
                return token;
            }

            if (c != ',')
            {
                return segment.Fail(JsonFault.Syntax, token - 1);
            }
        }
    }
}

/// <summary>Reads the names of a map's fields as its keys.</summary>
internal interface IMapKeys
{
    bool TryAppend(ReadOnlySpan<byte> name);
}

internal sealed class TextKeys(BinaryBuilder builder) : IMapKeys
{
    public bool TryAppend(ReadOnlySpan<byte> name)
    {
        builder.Append(name);
        return true;
    }
}

internal sealed class NumberKeys<T, TParser>(FixedBuilder<T> builder, TParser parser) : IMapKeys
    where T : unmanaged
    where TParser : struct, INumberParser<T>
{
    private TParser _parser = parser;

    public bool TryAppend(ReadOnlySpan<byte> name)
    {
        if (name.Length == 0 || !_parser.TryParse(name, out T value))
        {
            return false;
        }

        builder.Append(value);
        return true;
    }
}

internal sealed class BooleanKeys(BooleanBuilder builder) : IMapKeys
{
    public bool TryAppend(ReadOnlySpan<byte> name)
    {
        bool ok = BooleanText.TryParse(name, out bool value);
        if (ok)
        {
            builder.Append(value);
        }

        return ok;
    }
}

internal sealed class FormKeys<TForm>(TForm form) : IMapKeys
    where TForm : struct, ITextAppender
{
    private TForm _form = form;

    public bool TryAppend(ReadOnlySpan<byte> name) => _form.TryAppend(name);
}
