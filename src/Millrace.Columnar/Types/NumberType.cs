using System.Numerics;

namespace Millrace.Columnar;

/// <summary>Work that is generic over the .NET type of a whole or floating-point number.</summary>
internal interface INumberVisitor<out TResult>
{
    TResult Visit<T>()
        where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>The one place that goes from a number's type to the .NET type that does arithmetic with it. Decimals are not among them.</summary>
internal static class NumberType
{
    public static bool Is(DataType type) => type.IsInteger || type.IsFloat;

    public static TResult Dispatch<TVisitor, TResult>(DataType type, TVisitor visitor)
        where TVisitor : struct, INumberVisitor<TResult>, allows ref struct => type.Id switch
        {
            TypeId.Int8 => visitor.Visit<sbyte>(),
            TypeId.Int16 => visitor.Visit<short>(),
            TypeId.Int32 => visitor.Visit<int>(),
            TypeId.Int64 => visitor.Visit<long>(),
            TypeId.UInt8 => visitor.Visit<byte>(),
            TypeId.UInt16 => visitor.Visit<ushort>(),
            TypeId.UInt32 => visitor.Visit<uint>(),
            TypeId.UInt64 => visitor.Visit<ulong>(),
            TypeId.Float32 => visitor.Visit<float>(),
            TypeId.Float64 => visitor.Visit<double>(),
            _ => throw new ArgumentException($"{type} is not a number."),
        };
}
