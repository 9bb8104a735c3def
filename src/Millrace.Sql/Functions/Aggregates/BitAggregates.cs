using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Bits of whole numbers.</summary>
internal static class BitAggregates
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        Bits<Least>("bit_and", "The bits that all values have.", "4"),
        Bits<Greatest>("bit_or", "The bits that any value has.", "7"),
        AggregateEntry.Function(
            "bit_xor",
            "The bits that an odd number of values has.",
            [
                Odd<sbyte>(DataType.Int8), Odd<short>(DataType.Int16), Odd<int>(DataType.Int32), Odd<long>(DataType.Int64),
                Odd<byte>(DataType.UInt8), Odd<ushort>(DataType.UInt16), Odd<uint>(DataType.UInt32), Odd<ulong>(DataType.UInt64),
            ],
            "SELECT bit_xor(x) FROM (VALUES (5), (6)) AS t(x)",
            "3"),
    ];

    private static AggregateFunction Bits<TChoice>(string name, string doc, string result)
        where TChoice : struct, IChoice
        => AggregateEntry.Function(
            name,
            doc,
            [
                Of<sbyte, TChoice>(DataType.Int8), Of<short, TChoice>(DataType.Int16), Of<int, TChoice>(DataType.Int32), Of<long, TChoice>(DataType.Int64),
                Of<byte, TChoice>(DataType.UInt8), Of<ushort, TChoice>(DataType.UInt16), Of<uint, TChoice>(DataType.UInt32), Of<ulong, TChoice>(DataType.UInt64),
            ],
            $"SELECT {name}(x) FROM (VALUES (5), (6)) AS t(x)",
            result);

    private static AggregateOverload Odd<T>(DataType type)
        where T : unmanaged, IBinaryInteger<T> => AggregateEntry.Fold<T, OddBits<T>, T, OddBitFold<T>>(type, type);

    private static AggregateOverload Of<T, TChoice>(DataType type)
        where T : unmanaged, IBinaryInteger<T>
        where TChoice : struct, IChoice
        => AggregateEntry.Fold<T, Extreme<T>, T, BitFold<T, TChoice>>(type, type, ignoresRepeats: true);
}
