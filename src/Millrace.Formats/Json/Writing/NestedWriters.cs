using Millrace.Columnar;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>Writes the members of an object, each from the same row of its column.</summary>
internal sealed class MemberWriter
{
    private readonly byte[][] _keys;
    private readonly ValueWriter[] _values;
    private readonly bool _nulls;

    public MemberWriter(IReadOnlyList<Field> fields, JsonOptions options, WriterFactory factory)
    {
        _keys = [.. fields.Select(f => (byte[])[.. JsonEscape.Quote(f.Name), (byte)':'])];
        _values = [.. fields.Select(f => factory.Create(f))];
        _nulls = options.WriteNulls;
    }

    public void Bind(IReadOnlyList<Column> columns)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i].Bind(columns[i]);
        }
    }

    public void Write(TextOutput output, int row)
    {
        output.WriteByte((byte)'{');
        bool any = false;
        for (int i = 0; i < _values.Length; i++)
        {
            ValueWriter value = _values[i];
            bool isNull = value.IsNull(row);
            if (isNull && !_nulls)
            {
                continue;
            }

            if (any)
            {
                output.WriteByte((byte)',');
            }

            any = true;
            output.Write(_keys[i]);
            if (isNull)
            {
                output.Write("null"u8);
            }
            else
            {
                value.WriteValue(output, row);
            }
        }

        output.WriteByte((byte)'}');
    }
}

internal sealed class StructWriter(MemberWriter members) : ValueWriter<StructColumn>
{
    public override void Bind(Column column)
    {
        base.Bind(column);
        members.Bind(Column.Fields);
    }

    public override void WriteValue(TextOutput output, int row) => members.Write(output, row);
}

internal sealed class ListWriter(ValueWriter items) : ValueWriter<ListColumn>
{
    public override void Bind(Column column)
    {
        base.Bind(column);
        items.Bind(Column.Items);
    }

    public override void WriteValue(TextOutput output, int row)
    {
        output.WriteByte((byte)'[');
        ReadOnlySpan<int> offsets = Column.Offsets.Slice(row, 2);
        int start = offsets[0];
        int end = offsets[1];
        for (int i = start; i < end; i++)
        {
            if (i > start)
            {
                output.WriteByte((byte)',');
            }

            items.Write(output, i);
        }

        output.WriteByte((byte)']');
    }
}

/// <summary>Maps as objects; keys that are not texts get quotes.</summary>
internal sealed class MapWriter(ValueWriter keys, ValueWriter values) : ValueWriter<ListColumn>
{
    public override void Bind(Column column)
    {
        base.Bind(column);
        var entries = (StructColumn)Column.Items;
        keys.Bind(entries.Fields[0]);
        values.Bind(entries.Fields[1]);
    }

    public override void WriteValue(TextOutput output, int row)
    {
        output.WriteByte((byte)'{');
        ReadOnlySpan<int> offsets = Column.Offsets.Slice(row, 2);
        int start = offsets[0];
        int end = offsets[1];
        for (int i = start; i < end; i++)
        {
            if (i > start)
            {
                output.WriteByte((byte)',');
            }

            WriteKey(output, i);
            output.WriteByte((byte)':');
            values.Write(output, i);
        }

        output.WriteByte((byte)'}');
    }

    private void WriteKey(TextOutput output, int row)
    {
        if (keys.WritesText)
        {
            keys.WriteValue(output, row);
            return;
        }

        output.WriteByte((byte)'"');
        keys.WriteValue(output, row);
        output.WriteByte((byte)'"');
    }
}

/// <summary>Values by index, each written as what it stands for.</summary>
internal sealed class DictionaryWriter(ValueWriter values) : ValueWriter<DictionaryColumn>
{
    public override bool WritesText => values.WritesText;

    public override void Bind(Column column)
    {
        base.Bind(column);
        values.Bind(Column.Dictionary);
    }

    public override void WriteValue(TextOutput output, int row) => values.Write(output, Column.Indices[row]);
}
