using Millrace.Columnar;
using static Millrace.Sql.Functions.Overload;

namespace Millrace.Sql.Functions;

/// <summary>The operators on the bits of whole numbers.</summary>
internal static class BitFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        new ScalarFunction("&", FunctionCategory.Math, "Bits that both numbers have.",
        [
            Binary<int, int, int, BitAnd<int>>(DataType.Int32, DataType.Int32, DataType.Int32),
            Binary<long, long, long, BitAnd<long>>(DataType.Int64, DataType.Int64, DataType.Int64),
        ])
        { Examples = [new("12 & 10", "8")] },
        new ScalarFunction("|", FunctionCategory.Math, "Bits that one or both numbers have.",
        [
            Binary<int, int, int, BitOr<int>>(DataType.Int32, DataType.Int32, DataType.Int32),
            Binary<long, long, long, BitOr<long>>(DataType.Int64, DataType.Int64, DataType.Int64),
        ])
        { Examples = [new("12 | 10", "14")] },
        new ScalarFunction("#", FunctionCategory.Math, "Bits that exactly one of the numbers has.",
        [
            Binary<int, int, int, BitXor<int>>(DataType.Int32, DataType.Int32, DataType.Int32),
            Binary<long, long, long, BitXor<long>>(DataType.Int64, DataType.Int64, DataType.Int64),
        ])
        { Aliases = ["xor"], Examples = [new("12 # 10", "6")] },
        new ScalarFunction("~", FunctionCategory.Math, "Before a whole number: all bits turned round.",
        [
            Unary<int, int, BitNot<int>>(DataType.Int32, DataType.Int32),
            Unary<long, long, BitNot<long>>(DataType.Int64, DataType.Int64),
        ])
        { Examples = [new("~ 5", "-6")] },
        new ScalarFunction("<<", FunctionCategory.Math, "Bits moved to the left; those that leave are lost.",
        [
            CheckedBinary<int, int, int, ShiftLeft<int>>(DataType.Int32, DataType.Int32, DataType.Int32),
            CheckedBinary<long, int, long, ShiftLeft<long>>(DataType.Int64, DataType.Int32, DataType.Int64),
        ])
        { Examples = [new("1 << 4", "16")] },
        new ScalarFunction(">>", FunctionCategory.Math, "Bits moved to the right; the sign stays.",
        [
            CheckedBinary<int, int, int, ShiftRight<int>>(DataType.Int32, DataType.Int32, DataType.Int32),
            CheckedBinary<long, int, long, ShiftRight<long>>(DataType.Int64, DataType.Int32, DataType.Int64),
        ])
        { Examples = [new("-16 >> 2", "-4")] },
    ];
}
