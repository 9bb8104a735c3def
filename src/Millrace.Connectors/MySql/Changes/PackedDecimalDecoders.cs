using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Decimals of up to 38 digits.</summary>
internal sealed class PackedDecimalDecoder(DataType type, PackedDecimal form, int capacity) : ColumnDecoder
{
    private readonly FixedBuilder<Int128> _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        int start = _builder.Length;
        Span<Int128> values = _builder.AppendUninitialized(run.Count);
        for (int i = 0; i < values.Length; i++)
        {
            if (run.IsNull(i))
            {
                values[i] = 0;
                _builder.SetNull(start + i);
                continue;
            }

            values[i] = form.Read(run[i]);
        }
    }
}

/// <summary>Decimals of more digits, as what the job chose for them.</summary>
internal sealed class WideDecimalDecoder(DataType type, PackedDecimal form, int capacity) : ColumnDecoder
{
    private readonly ColumnBuilder _builder = type.Id == TypeId.Decimal ? new FixedBuilder<Int128>(type, capacity) : new BinaryBuilder(type, capacity);

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

            string text = form.Text(run[i]);
            if (_builder is BinaryBuilder texts)
            {
                texts.Append(text);
            }
            else if (DecimalText.TryParse(Encoding.ASCII.GetBytes(text), type.Precision, type.Scale, out Int128 number))
            {
                ((FixedBuilder<Int128>)_builder).Append(number);
            }
            else
            {
                _builder.AppendNull();
                bad.Add(i, text, $"does not fit {type}");
            }
        }
    }
}
