using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Values whose bytes are the column's bytes.</summary>
internal sealed class BytesDecoder(DataType type, int capacity) : ColumnDecoder
{
    private readonly BinaryBuilder _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            int length = run.Lengths[i];
            if (length >= 0)
            {
                _builder.Append(run.Data.Slice(run.Starts[i], length));
            }
            else
            {
                _builder.AppendNull();
            }
        }
    }
}

/// <summary>Booleans, which are small numbers: 0 and 1.</summary>
internal sealed class BooleanDecoder(int capacity) : ColumnDecoder
{
    private readonly BooleanBuilder _builder = new(capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.Lengths[i] == 1 && run.Data[run.Starts[i]] is (byte)'0' or (byte)'1')
            {
                _builder.Append(run.Data[run.Starts[i]] == '1');
                continue;
            }

            _builder.AppendNull();
            if (!run.IsNull(i))
            {
                bad.Add(i, Encoding.UTF8.GetString(run[i]), "is neither 0 nor 1");
            }
        }
    }
}

/// <summary>bit(1), which is sent as a byte.</summary>
internal sealed class BitDecoder(int capacity) : ColumnDecoder
{
    private readonly BooleanBuilder _builder = new(capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.Lengths[i] > 0)
            {
                _builder.Append(run.Data[run.Starts[i]] != 0);
            }
            else
            {
                _builder.AppendNull();
            }
        }
    }
}

/// <summary>bit(2) to bit(64), which are sent as bytes, the highest first.</summary>
internal sealed class BitsDecoder(int capacity) : ColumnDecoder
{
    private readonly FixedBuilder<ulong> _builder = new(DataType.UInt64, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
                continue;
            }

            if (run.Lengths[i] > sizeof(ulong))
            {
                throw MySqlErrors.BrokenAnswer.Error($"A value of type bit has {run.Lengths[i]} bytes; there can be 8.");
            }

            ulong value = 0;
            foreach (byte b in run[i])
            {
                value = (value << 8) | b;
            }

            _builder.Append(value);
        }
    }
}

/// <summary>Universally unique identifiers.</summary>
internal sealed class UuidDecoder(int capacity) : ColumnDecoder
{
    private readonly FixedBinaryBuilder _builder = new(DataType.Uuid, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        Span<byte> value = stackalloc byte[16];
        for (int i = 0; i < run.Count; i++)
        {
            if (!run.IsNull(i) && UuidText.TryParse(run[i], value))
            {
                _builder.Append(value);
                continue;
            }

            _builder.AppendNull();
            if (!run.IsNull(i))
            {
                bad.Add(i, Encoding.UTF8.GetString(run[i]), "is not a uuid");
            }
        }
    }
}
