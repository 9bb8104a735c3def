using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>What the values seen at one place have in common. It grows with every value and tells the type that holds them all.</summary>
internal sealed unsafe class JsonShape(JsonOptions options, int depth = 0)
{
    // Deeper values stay JSON text: nobody wants such a type.
    private const int MaxTypeDepth = 16;

    private Kinds _kinds;
    private NumberShape _numbers;
    private TextShape _texts;
    private JsonShape? _element;
    private List<Member>? _fields;
    private Dictionary<byte[], int>? _places;

    // A type that is not one of those that are inferred; it stays as it is while it holds the values.
    private DataType? _given;

    [Flags]
    private enum Kinds
    {
        None = 0,
        Boolean = 1,
        Number = 2,
        Text = 4,
        Object = 8,
        Array = 16,
        Any = 32,
    }

    /// <summary>Fields seen in objects.</summary>
    public int FieldCount => _fields?.Count ?? 0;

    /// <summary>The shape of the values of a column.</summary>
    public static JsonShape Of(Field field, JsonOptions options, int depth = 1)
    {
        var shape = new JsonShape(options, depth);
        if (!field.Metadata.ContainsKey(FieldMetadata.Unseen))
        {
            shape.Take(field.Type);
        }

        return shape;
    }

    /// <summary>Adds a value that <see cref="JsonSyntax.Check"/> found good, and returns the token behind it.</summary>
    public uint* Add(JsonSegment segment, uint* token)
    {
        byte* text = segment.Text;
        switch (text[*token])
        {
            case (byte)'{':
                _kinds |= Kinds.Object;
                return AddObject(segment, token);
            case (byte)'[':
                _kinds |= Kinds.Array;
                return AddArray(segment, token);
            case (byte)'"':
                _kinds |= Kinds.Text;
                AddText(segment, token);
                return token + 2;
            case (byte)'n':
                return token + 1;
            case (byte)'t' or (byte)'f':
                _kinds |= Kinds.Boolean;
                return token + 1;
            default:
                _kinds |= Kinds.Number;
                _numbers.Add(JsonChars.Word(text, token));
                return token + 1;
        }
    }

    /// <summary>The fields of the objects seen, each with its type.</summary>
    public IEnumerable<Field> Fields()
    {
        foreach (Member member in _fields ?? [])
        {
            yield return member.Shape.ToField(member.Name);
        }
    }

    public Field ToField(string name)
    {
        var field = new Field(name, ToType());
        return _kinds == Kinds.None && _given is null ? field.WithMetadata(FieldMetadata.Unseen, "true") : field;
    }

    public DataType ToType()
    {
        if (_given is not null)
        {
            return _kinds == Kinds.None ? _given : _given.IsNested || (_kinds & (Kinds.Object | Kinds.Array)) != 0 ? DataType.Json : DataType.Utf8;
        }

        return _kinds switch
        {
            Kinds.None => DataType.Utf8,
            Kinds.Boolean => DataType.Boolean,
            Kinds.Number => _numbers.ToType(options.InferDecimals),
            Kinds.Text => _texts.ToType(options.InferDates),
            Kinds.Array => DataType.List((_element ?? new JsonShape(options)).ToField("element")),
            Kinds.Object => FieldCount == 0 ? DataType.Json : DataType.Struct([.. Fields()]),
            _ => (_kinds & (Kinds.Object | Kinds.Array | Kinds.Any)) != 0 ? DataType.Json : DataType.Utf8,
        };
    }

    private void Take(DataType type)
    {
        switch (type.Id)
        {
            case TypeId.Boolean:
                _kinds = Kinds.Boolean;
                break;
            case <= TypeId.Decimal:
                _kinds = Kinds.Number;
                _numbers = NumberShape.Of(type);
                break;
            case TypeId.Utf8 or TypeId.Date or TypeId.Timestamp:
                _kinds = Kinds.Text;
                _texts = TextShape.Of(type);
                break;
            case TypeId.Json:
                _kinds = Kinds.Any;
                break;
            case TypeId.List:
                _kinds = Kinds.Array;
                _element = Of(type.Element, options, depth + 1);
                break;
            case TypeId.Struct:
                _kinds = Kinds.Object;
                foreach (Field field in type.Children)
                {
                    AddMember(Encoding.UTF8.GetBytes(field.Name), Of(field, options, depth + 1));
                }

                break;
            default:
                _given = type;
                break;
        }
    }

    private uint* AddArray(JsonSegment segment, uint* token)
    {
        if (depth >= MaxTypeDepth)
        {
            _kinds |= Kinds.Any;
            return JsonSyntax.Skip(segment, token);
        }

        byte* text = segment.Text;
        _element ??= new JsonShape(options, depth + 1);
        token++;
        while (text[*token] != ']')
        {
            token = _element.Add(segment, token);
            token += text[*token] == ',' ? 1 : 0;
        }

        return token + 1;
    }

    private uint* AddObject(JsonSegment segment, uint* token)
    {
        if (depth >= MaxTypeDepth || (_kinds & Kinds.Any) != 0)
        {
            _kinds |= Kinds.Any;
            return JsonSyntax.Skip(segment, token);
        }

        byte* text = segment.Text;
        token++;
        int next = 0;
        while (text[*token] != '}')
        {
            int place = Find(segment, token, next);
            token = place < 0 ? JsonSyntax.Skip(segment, token + 3) : _fields![place].Shape.Add(segment, token + 3);
            token += text[*token] == ',' ? 1 : 0;
            next = place + 1;
        }

        return token + 1;
    }

    // The place of a field, which is likely that of the field behind the last one; -1 when there are too many, which makes the objects
    // data of their own kind.
    private int Find(JsonSegment segment, uint* token, int likely)
    {
        if (likely < FieldCount && _fields![likely].Slot.Matches(segment.Text + token[0] + 1, (int)(token[1] - token[0]) - 1))
        {
            return likely;
        }

        using var scratch = new JsonScratch();
        scratch.TryGetText(segment, token, JsonLoneSurrogates.Replace, out ReadOnlySpan<byte> name);
        if (_places is not null && _places.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out int place))
        {
            return place;
        }

        if (FieldCount >= (depth == 0 ? options.MaxColumns + 1 : options.MaxStructFields))
        {
            _kinds |= Kinds.Any;
            return -1;
        }

        AddMember(name.ToArray(), new JsonShape(options, depth + 1));
        return FieldCount - 1;
    }

    private void AddMember(byte[] name, JsonShape shape)
    {
        _fields ??= [];
        _places ??= new(ByteNames.Comparer);
        _places[name] = _fields.Count;
        _fields.Add(new Member(Encoding.UTF8.GetString(name), new FieldSlot(name, _fields.Count, isKnown: true), shape));
    }

    private void AddText(JsonSegment segment, uint* token)
    {
        if (_texts.IsPlain)
        {
            return;
        }

        using var scratch = new JsonScratch();
        scratch.TryGetText(segment, token, JsonLoneSurrogates.Replace, out ReadOnlySpan<byte> text);
        _texts.Add(text);
    }

    private sealed record Member(string Name, FieldSlot Slot, JsonShape Shape);
}
