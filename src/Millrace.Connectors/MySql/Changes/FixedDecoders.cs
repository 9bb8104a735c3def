using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Numbers whose bytes in the log are those of the column.</summary>
internal sealed unsafe class FixedDecoder<T>(DataType type, int capacity) : ColumnDecoder
    where T : unmanaged
{
    private readonly FixedBuilder<T> _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        int start = _builder.Length;
        Span<T> values = _builder.AppendUninitialized(run.Count);
        fixed (byte* data = run.Data)
        {
            for (int i = 0; i < values.Length; i++)
            {
                if (run.Lengths[i] == sizeof(T))
                {
                    values[i] = Unsafe.ReadUnaligned<T>(data + run.Starts[i]);
                    continue;
                }

                values[i] = default;
                _builder.SetNull(start + i);
            }
        }
    }
}

/// <summary>mediumint, of three bytes.</summary>
internal sealed class MediumDecoder(int capacity) : ColumnDecoder
{
    private readonly FixedBuilder<int> _builder = new(DataType.Int32, capacity);

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

            ReadOnlySpan<byte> value = run[i];
            _builder.Append(value[0] | (value[1] << 8) | ((sbyte)value[2] << 16));
        }
    }
}

/// <summary>mediumint unsigned, of three bytes.</summary>
internal sealed class UnsignedMediumDecoder(int capacity) : ColumnDecoder
{
    private readonly FixedBuilder<uint> _builder = new(DataType.UInt32, capacity);

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

            ReadOnlySpan<byte> value = run[i];
            _builder.Append(value[0] | ((uint)value[1] << 8) | ((uint)value[2] << 16));
        }
    }
}

/// <summary>Years, which are counted from 1900; 0 is the year 0.</summary>
internal sealed class YearDecoder(int capacity) : ColumnDecoder
{
    private const int First = 1900;

    private readonly FixedBuilder<short> _builder = new(DataType.Int16, capacity);

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

            byte year = run[i][0];
            _builder.Append((short)(year == 0 ? 0 : First + year));
        }
    }
}

/// <summary>tinyint(1) where it is read as a boolean.</summary>
internal sealed class FlagDecoder(int capacity) : ColumnDecoder
{
    private readonly BooleanBuilder _builder = new(capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (!run.IsNull(i) && run[i][0] is 0 or 1)
            {
                _builder.Append(run[i][0] != 0);
                continue;
            }

            _builder.AppendNull();
            if (!run.IsNull(i))
            {
                bad.Add(i, ((sbyte)run[i][0]).ToString(System.Globalization.CultureInfo.InvariantCulture), "is neither 0 nor 1");
            }
        }
    }
}
