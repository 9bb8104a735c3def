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

/// <summary>A union that null is a branch of.</summary>
internal sealed class NullableEncode(EncodeNode value, int nullBranch) : EncodeNode
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
        if (_hasNulls && _column.IsNull(row))
        {
            output.WriteLong(nullBranch);
        }
        else
        {
            value.Write(output, row);
        }
    }
}

/// <summary>A value behind the number of its branch.</summary>
internal sealed class BranchEncode(int branch, EncodeNode value) : EncodeNode
{
    public override void Bind(Column column) => value.Bind(column);

    public override void Write(AvroOutput output, int row)
    {
        output.WriteLong(branch);
        value.Write(output, row);
    }
}

/// <summary>A struct with a field per branch, of which one is not null.</summary>
internal sealed class UnionEncode(BranchEncode[] branches, string field) : EncodeNode
{
    private StructColumn _column = null!;

    public override void Bind(Column column)
    {
        _column = (StructColumn)column;
        for (int i = 0; i < branches.Length; i++)
        {
            branches[i].Bind(_column.Fields[i]);
        }
    }

    public override void Write(AvroOutput output, int row)
    {
        for (int i = 0; i < branches.Length; i++)
        {
            if (!_column.Fields[i].IsNull(row))
            {
                branches[i].Write(output, row);
                return;
            }
        }

        throw AvroErrors.Encode(field, "no branch of the union has a value");
    }
}

/// <summary>The type null takes no bytes.</summary>
internal sealed class NullEncode(string field) : EncodeNode
{
    private Column _column = null!;

    public override void Bind(Column column) => _column = column;

    public override void Write(AvroOutput output, int row)
    {
        if (!_column.IsNull(row))
        {
            throw AvroErrors.Encode(field, "it is not null, and the schema allows nothing else");
        }
    }
}

/// <summary>The default of a field that there is no column for.</summary>
internal sealed class ConstantEncode(byte[] value) : EncodeNode
{
    public override void Bind(Column column)
    {
    }

    public override void Write(AvroOutput output, int row) => output.WriteFixed(value);
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

internal sealed class RecordEncode(RecordPlan plan) : EncodeNode
{
    public override void Bind(Column column) => plan.Bind(((StructColumn)column).Fields);

    public override void Write(AvroOutput output, int row)
    {
        foreach (EncodeNode field in plan.Nodes)
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
