namespace Millrace.Columnar;

internal sealed class JsonListWriter(ListColumn column) : JsonValueWriter
{
    private readonly JsonValueWriter _items = Create(column.Items);

    public override void Write(int row, ByteBuffer target)
    {
        if (column.IsNull(row))
        {
            WriteNull(target);
            return;
        }

        target.Write((byte)'[');
        int start = column.Offsets[row];
        int end = column.Offsets[row + 1];
        for (int i = start; i < end; i++)
        {
            if (i > start)
            {
                target.Write((byte)',');
            }

            _items.Write(i, target);
        }

        target.Write((byte)']');
    }
}

internal sealed class JsonMapWriter : JsonValueWriter
{
    private readonly ListColumn _column;
    private readonly JsonValueWriter _keys;
    private readonly JsonValueWriter _values;

    public JsonMapWriter(ListColumn column)
    {
        var entries = (StructColumn)column.Items;
        _column = column;
        _keys = Create(entries.Fields[0]);
        _values = Create(entries.Fields[1]);
    }

    public override void Write(int row, ByteBuffer target)
    {
        if (_column.IsNull(row))
        {
            WriteNull(target);
            return;
        }

        target.Write((byte)'{');
        int start = _column.Offsets[row];
        int end = _column.Offsets[row + 1];
        for (int i = start; i < end; i++)
        {
            if (i > start)
            {
                target.Write((byte)',');
            }

            _keys.WriteKey(i, target);
            target.Write((byte)':');
            _values.Write(i, target);
        }

        target.Write((byte)'}');
    }
}

internal sealed class JsonStructWriter : JsonValueWriter
{
    private readonly StructColumn _column;
    private readonly JsonValueWriter[] _fields;
    private readonly byte[][] _names;

    public JsonStructWriter(StructColumn column)
    {
        _column = column;
        _fields = [.. column.Fields.Select(Create)];
        _names = [.. column.Type.Children.Select(NameAndColon)];
    }

    public override void Write(int row, ByteBuffer target)
    {
        if (_column.IsNull(row))
        {
            WriteNull(target);
            return;
        }

        target.Write((byte)'{');
        for (int i = 0; i < _fields.Length; i++)
        {
            if (i > 0)
            {
                target.Write((byte)',');
            }

            target.Write(_names[i]);
            _fields[i].Write(row, target);
        }

        target.Write((byte)'}');
    }

    private static byte[] NameAndColon(Field field)
    {
        using var name = new ByteBuffer();
        JsonString.Write(System.Text.Encoding.UTF8.GetBytes(field.Name), name);
        name.Write((byte)':');
        return name.Written.ToArray();
    }
}

internal sealed class JsonDictionaryWriter(DictionaryColumn column) : JsonValueWriter
{
    private readonly JsonValueWriter _values = Create(column.Dictionary);

    public override void Write(int row, ByteBuffer target)
    {
        if (column.IsNull(row))
        {
            WriteNull(target);
            return;
        }

        _values.Write(column.Indices[row], target);
    }
}
