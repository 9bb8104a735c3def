using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>Writes the values of a column, a row at a time. Plans are made once by <see cref="EncodePlanner"/> and bound to each batch's columns.</summary>
internal abstract class EncodeNode
{
    /// <summary>Takes the column of the next rows; borrowed until the next call.</summary>
    public abstract void Bind(Column column);

    /// <summary>Writes the value of a row that is not null.</summary>
    public abstract void Write(AvroOutput output, int row);
}

/// <summary>A union of null and a value.</summary>
internal sealed class NullableEncode(EncodeNode value) : EncodeNode
{
    private const byte NullBranch = 0;

    // Branch 1 in zig-zag.
    private const byte ValueBranch = 2;

    private Column _column = null!;
    private bool _hasNulls;

    public override void Bind(Column column)
    {
        _column = column;
        _hasNulls = column.HasNulls;
        value.Bind(column);
    }

    public override void Write(AvroOutput output, int row)
    {
        if (_hasNulls && _column.IsNull(row))
        {
            output.WriteByte(NullBranch);
        }
        else
        {
            output.WriteByte(ValueBranch);
            value.Write(output, row);
        }
    }
}

/// <summary>A value where the schema allows no null.</summary>
internal sealed class RequiredEncode(EncodeNode value, string field) : EncodeNode
{
    private Column _column = null!;
    private bool _hasNulls;

    public override void Bind(Column column)
    {
        _column = column;
        _hasNulls = column.HasNulls;
        value.Bind(column);
    }

    public override void Write(AvroOutput output, int row)
    {
        // Below a null struct or list nulls may stand, which are never asked for.
        if (_hasNulls && _column.IsNull(row))
        {
            throw AvroErrors.Encode(field, "it is null, and the schema allows none");
        }

        value.Write(output, row);
    }
}

internal sealed class RecordEncode(EncodeNode[] fields) : EncodeNode
{
    public override void Bind(Column column)
    {
        var structs = (StructColumn)column;
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i].Bind(structs.Fields[i]);
        }
    }

    public override void Write(AvroOutput output, int row)
    {
        foreach (EncodeNode field in fields)
        {
            field.Write(output, row);
        }
    }
}

/// <summary>A list as one block of items; also a map whose keys are not text, as an array of entries.</summary>
internal sealed class ListEncode(EncodeNode item) : EncodeNode
{
    private ListColumn _column = null!;

    public override void Bind(Column column)
    {
        _column = (ListColumn)column;
        item.Bind(_column.Items);
    }

    public override void Write(AvroOutput output, int row)
    {
        ReadOnlySpan<int> offsets = _column.Offsets.Slice(row, 2);
        int count = offsets[1] - offsets[0];
        if (count > 0)
        {
            output.WriteLong(count);
            for (int i = offsets[0]; i < offsets[1]; i++)
            {
                item.Write(output, i);
            }
        }

        output.WriteByte(0);
    }
}

internal sealed class MapEncode(EncodeNode key, EncodeNode value) : EncodeNode
{
    private ListColumn _column = null!;

    public override void Bind(Column column)
    {
        _column = (ListColumn)column;
        var entries = (StructColumn)_column.Items;
        key.Bind(entries.Fields[0]);
        value.Bind(entries.Fields[1]);
    }

    public override void Write(AvroOutput output, int row)
    {
        ReadOnlySpan<int> offsets = _column.Offsets.Slice(row, 2);
        int count = offsets[1] - offsets[0];
        if (count > 0)
        {
            output.WriteLong(count);
            for (int i = offsets[0]; i < offsets[1]; i++)
            {
                key.Write(output, i);
                value.Write(output, i);
            }
        }

        output.WriteByte(0);
    }
}

/// <summary>The value that a dictionary's index stands for.</summary>
internal sealed class DictionaryEncode(EncodeNode value) : EncodeNode
{
    private DictionaryColumn _column = null!;

    public override void Bind(Column column)
    {
        _column = (DictionaryColumn)column;
        value.Bind(_column.Dictionary);
    }

    public override void Write(AvroOutput output, int row) => value.Write(output, _column.Indices[row]);
}
