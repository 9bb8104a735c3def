namespace Millrace.Columnar;

/// <summary>Writes objects, the members of each from the same row of their columns. One thread at a time uses it.</summary>
public sealed class JsonObjectWriter
{
    private readonly byte[][] _keys;
    private readonly JsonValueWriter[] _values;
    private readonly bool _nulls;

    internal JsonObjectWriter(IReadOnlyList<Field> fields, JsonValueWriter[] values, bool nulls)
    {
        _keys = [.. fields.Select(f => (byte[])[.. JsonString.Quote(f.Name), (byte)':'])];
        _values = values;
        _nulls = nulls;
    }

    /// <summary>Takes the columns whose rows are written next; they stay the caller's.</summary>
    public void Bind(IReadOnlyList<Column> columns)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i].Bind(columns[i]);
        }
    }

    public void Write(int row, ByteBuffer target)
    {
        target.Write((byte)'{');
        bool any = false;
        for (int i = 0; i < _values.Length; i++)
        {
            JsonValueWriter value = _values[i];
            bool isNull = value.IsNull(row);
            if (isNull && !_nulls)
            {
                continue;
            }

            if (any)
            {
                target.Write((byte)',');
            }

            any = true;
            target.Write(_keys[i]);
            if (isNull)
            {
                target.Write("null"u8);
            }
            else
            {
                value.WriteValue(row, target);
            }
        }

        target.Write((byte)'}');
    }
}
