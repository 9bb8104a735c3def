using Millrace.Columnar;

namespace Millrace.Connectors.Files;

/// <summary>Reads columns whose values fit 64 bits: whole numbers, booleans, dates, times and short decimals.</summary>
internal static class WholeValues
{
    /// <summary>The most digits of a decimal that always fits.</summary>
    public const int MaxDigits = 18;

    /// <summary>The values as they are stored; what stands at null rows means nothing.</summary>
    public static void Read(Column column, Span<long> values)
    {
        switch (column)
        {
            case FixedColumn<long> c:
                c.Values.CopyTo(values);
                break;
            case FixedColumn<ulong> c:
                System.Runtime.InteropServices.MemoryMarshal.Cast<ulong, long>(c.Values).CopyTo(values);
                break;
            case FixedColumn<int> c:
                Widen(c.Values, values);
                break;
            case FixedColumn<uint> c:
                Widen(c.Values, values);
                break;
            case FixedColumn<short> c:
                Widen(c.Values, values);
                break;
            case FixedColumn<ushort> c:
                Widen(c.Values, values);
                break;
            case FixedColumn<sbyte> c:
                Widen(c.Values, values);
                break;
            case FixedColumn<byte> c:
                Widen(c.Values, values);
                break;
            case FixedColumn<Int128> c:
                Widen(c.Values, values);
                break;
            case BooleanColumn c:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = c.Values[i] ? 1 : 0;
                }

                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void Widen<T>(ReadOnlySpan<T> source, Span<long> target)
        where T : System.Numerics.INumberBase<T>
    {
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = long.CreateTruncating(source[i]);
        }
    }
}
