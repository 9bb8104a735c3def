using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>mediumint, of three bytes.</summary>
internal readonly struct MediumValue : IFixedValue<int>
{
    public bool TryRead(ReadOnlySpan<byte> value, out int result)
    {
        result = value[0] | (value[1] << 8) | ((sbyte)value[2] << 16);
        return true;
    }

    public void Miss(ReadOnlySpan<byte> value, int row, BadValues bad)
    {
    }
}

/// <summary>mediumint unsigned, of three bytes.</summary>
internal readonly struct UnsignedMediumValue : IFixedValue<uint>
{
    public bool TryRead(ReadOnlySpan<byte> value, out uint result)
    {
        result = value[0] | ((uint)value[1] << 8) | ((uint)value[2] << 16);
        return true;
    }

    public void Miss(ReadOnlySpan<byte> value, int row, BadValues bad)
    {
    }
}

/// <summary>Years, which are counted from 1900; 0 is the year 0.</summary>
internal readonly struct YearValue : IFixedValue<short>
{
    private const int First = 1900;

    public bool TryRead(ReadOnlySpan<byte> value, out short result)
    {
        result = (short)(value[0] == 0 ? 0 : First + value[0]);
        return true;
    }

    public void Miss(ReadOnlySpan<byte> value, int row, BadValues bad)
    {
    }
}

/// <summary>tinyint(1) where it is read as a boolean.</summary>
internal readonly struct FlagValue : ILoggedValue<BooleanBuilder>
{
    public bool TryAppend(ReadOnlySpan<byte> value, BooleanBuilder builder, int row, BadValues bad)
    {
        if (value[0] is 0 or 1)
        {
            builder.Append(value[0] != 0);
            return true;
        }

        bad.Add(row, ((sbyte)value[0]).ToString(CultureInfo.InvariantCulture), "is neither 0 nor 1");
        return false;
    }
}
