using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Decimals of up to 38 digits.</summary>
internal readonly struct PackedDecimalValue(PackedDecimal form) : IFixedValue<Int128>
{
    public bool TryRead(ReadOnlySpan<byte> value, out Int128 result)
    {
        result = form.Read(value);
        return true;
    }

    public void Miss(ReadOnlySpan<byte> value, int row, BadValues bad)
    {
    }
}

/// <summary>Decimals of more digits, of which some fit the decimal that the job chose.</summary>
internal readonly struct WideDecimalValue(DataType type, PackedDecimal form) : IFixedValue<Int128>
{
    public bool TryRead(ReadOnlySpan<byte> value, out Int128 result)
        => DecimalText.TryParse(Encoding.ASCII.GetBytes(form.Text(value)), type.Precision, type.Scale, out result);

    public void Miss(ReadOnlySpan<byte> value, int row, BadValues bad) => bad.Add(row, form.Text(value), $"does not fit {type}");
}

/// <summary>Decimals of more digits as texts.</summary>
internal readonly struct DecimalTextValue(PackedDecimal form) : ILoggedValue<BinaryBuilder>
{
    public bool TryAppend(ReadOnlySpan<byte> value, BinaryBuilder builder, int row, BadValues bad)
    {
        builder.Append(form.Text(value));
        return true;
    }
}
