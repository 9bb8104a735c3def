namespace Millrace.Columnar;

internal sealed class JsonStructWriter(JsonObjectWriter members) : JsonValueWriter<StructColumn>
{
    public override void Bind(Column column)
    {
        base.Bind(column);
        members.Bind(Column.Fields);
    }

    public override void WriteValue(int row, ByteBuffer target) => members.Write(row, target);
}

internal sealed class JsonListWriter(JsonValueWriter items) : JsonValueWriter<ListColumn>
{
    public override void Bind(Column column)
    {
        base.Bind(column);
        items.Bind(Column.Items);
    }

    public override void WriteValue(int row, ByteBuffer target)
    {
        ReadOnlySpan<int> offsets = Column.Offsets.Slice(row, 2);
        int start = offsets[0];
        int end = offsets[1];
        target.Write((byte)'[');
        for (int i = start; i < end; i++)
        {
            if (i > start)
            {
                target.Write((byte)',');
            }

            items.Write(i, target);
        }

        target.Write((byte)']');
    }
}

/// <summary>Maps as objects, whatever the type of their keys.</summary>
internal sealed class JsonMapWriter(JsonValueWriter keys, JsonValueWriter values) : JsonValueWriter<ListColumn>
{
    public override void Bind(Column column)
    {
        base.Bind(column);
        var entries = (StructColumn)Column.Items;
        keys.Bind(entries.Fields[0]);
        values.Bind(entries.Fields[1]);
    }

    public override void WriteValue(int row, ByteBuffer target)
    {
        ReadOnlySpan<int> offsets = Column.Offsets.Slice(row, 2);
        int start = offsets[0];
        int end = offsets[1];
        target.Write((byte)'{');
        for (int i = start; i < end; i++)
        {
            if (i > start)
            {
                target.Write((byte)',');
            }

            keys.WriteKey(i, target);
            target.Write((byte)':');
            values.Write(i, target);
        }

        target.Write((byte)'}');
    }
}

/// <summary>Values by index, each written as what it stands for.</summary>
internal sealed class JsonDictionaryWriter(JsonValueWriter values) : JsonValueWriter<DictionaryColumn>
{
    public override void Bind(Column column)
    {
        base.Bind(column);
        values.Bind(Column.Dictionary);
    }

    public override void WriteValue(int row, ByteBuffer target) => values.Write(Column.Indices[row], target);

    protected override void WriteKeyValue(int row, ByteBuffer target) => values.WriteKey(Column.Indices[row], target);
}
