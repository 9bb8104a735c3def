using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Values lie between two bounds.</summary>
internal static class RangeRule
{
    /// <param name="column">The column, whose rule has `min` or `max`.</param>
    /// <param name="type">Type of the values.</param>
    public static ContractRule Of(AssetColumn column, DataType type) => type.Id switch
    {
        TypeId.Int8 => Make<sbyte>(column, type),
        TypeId.Int16 => Make<short>(column, type),
        TypeId.Int32 or TypeId.Date => Make<int>(column, type),
        TypeId.Int64 or TypeId.Time or TypeId.Timestamp => Make<long>(column, type),
        TypeId.UInt8 => Make<byte>(column, type),
        TypeId.UInt16 => Make<ushort>(column, type),
        TypeId.UInt32 => Make<uint>(column, type),
        TypeId.UInt64 => Make<ulong>(column, type),
        TypeId.Float32 => Make<float>(column, type),
        TypeId.Float64 => Make<double>(column, type),
        TypeId.Decimal => Make<Int128>(column, type),
        _ => throw ContractErrors.BadRule($"{column.Name}.range", $"does not apply to values of {type}"),
    };

    private static RangeRule<T> Make<T>(AssetColumn column, DataType type)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        T least = column.Min is null ? Infinity<T>(negative: true) : Bound<T>(column, column.Min, type);
        T most = column.Max is null ? Infinity<T>(negative: false) : Bound<T>(column, column.Max, type);
        bool isEmpty = false;
        if (column.Min is not null && column.ExclusiveMin)
        {
            isEmpty |= least == T.MaxValue;
            least = Next(least, up: true);
        }

        if (column.Max is not null && column.ExclusiveMax)
        {
            isEmpty |= most == T.MinValue;
            most = Next(most, up: false);
        }

        return isEmpty || least > most
            ? throw ContractErrors.BadRule($"{column.Name}.range", "leaves no value")
            : new RangeRule<T>(column, least, most) { ShowsValues = column.IsShowable };
    }

    private static T Bound<T>(AssetColumn column, string text, DataType type)
        where T : unmanaged
        => TextForms.Dispatch<BoundVisitor, object?>(type, new BoundVisitor(Encoding.UTF8.GetBytes(text))) is T value
            ? value
            : throw ContractErrors.BadRule($"{column.Name}.range", $"has the bound '{text}', which is no value of {type}");

    private static T Infinity<T>(bool negative)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        => typeof(T) == typeof(double) ? (T)(object)(negative ? double.NegativeInfinity : double.PositiveInfinity)
            : typeof(T) == typeof(float) ? (T)(object)(negative ? float.NegativeInfinity : float.PositiveInfinity)
            : negative ? T.MinValue : T.MaxValue;

    private static T Next<T>(T value, bool up)
        where T : unmanaged, INumber<T>
        => value switch
        {
            double d => (T)(object)(up ? Math.BitIncrement(d) : Math.BitDecrement(d)),
            float f => (T)(object)(up ? MathF.BitIncrement(f) : MathF.BitDecrement(f)),
            _ => unchecked(up ? value + T.One : value - T.One),
        };

    private readonly struct BoundVisitor(byte[] text) : ITextFormVisitor<object?>
    {
        public object? Visit<T, TForm>(TForm form)
            where T : unmanaged
            where TForm : struct, ITextForm<T> => form.TryParse(text, out T value) ? value : null;
    }
}

/// <summary>Values of one type lie between two bounds, both included. NaN lies nowhere.</summary>
internal sealed class RangeRule<T>(AssetColumn column, T least, T most) : ContractRule(column.Name, "range", ContractErrors.RangeCode)
    where T : unmanaged, INumber<T>
{
    public override string Expected => (column.Min, column.Max) switch
    {
        (null, var max) => $"expected {(column.ExclusiveMax ? "less than" : "at most")} {max}",
        (var min, null) => $"expected {(column.ExclusiveMin ? "more than" : "at least")} {min}",
        var (min, max) => $"expected {(column.ExclusiveMin ? "more than " : "")}{min} to {(column.ExclusiveMax ? "less than " : "")}{max}",
    };

    public override bool HoldsForAll(Column column)
    {
        ReadOnlySpan<T> values = ((FixedColumn<T>)column).Values;
        int at = 0;
        if (Vector<T>.IsSupported)
        {
            var low = new Vector<T>(least);
            var high = new Vector<T>(most);
            ref T start = ref MemoryMarshal.GetReference(values);
            for (; at + Vector<T>.Count <= values.Length; at += Vector<T>.Count)
            {
                Vector<T> value = Vector.LoadUnsafe(ref start, (nuint)at);
                if (!Vector.GreaterThanOrEqualAll(value, low) || !Vector.LessThanOrEqualAll(value, high))
                {
                    return false;
                }
            }
        }

        for (; at < values.Length; at++)
        {
            if (!(values[at] >= least && values[at] <= most))
            {
                return false;
            }
        }

        return true;
    }

    public override void Mark(Column column, Span<ulong> broken)
    {
        ReadOnlySpan<T> values = ((FixedColumn<T>)column).Values;
        Bitmap validity = column.Validity;
        for (int row = 0; row < values.Length; row++)
        {
            if (!(values[row] >= least && values[row] <= most) && validity[row])
            {
                Break(broken, row);
            }
        }
    }
}
