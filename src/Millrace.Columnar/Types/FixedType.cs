namespace Millrace.Columnar;

/// <summary>Work that is generic over the .NET value type of a fixed-width type.</summary>
public interface IFixedVisitor<out TResult>
{
    TResult Visit<T>(DataType type)
        where T : unmanaged;

    /// <summary>Fixed binary and UUID, whose values are byte strings.</summary>
    TResult VisitBinary(DataType type);
}

/// <summary>The one place that goes from a type to the .NET type of its values.</summary>
public static class FixedType
{
    public static TResult Dispatch<TVisitor, TResult>(DataType type, TVisitor visitor)
        where TVisitor : struct, IFixedVisitor<TResult>, allows ref struct => type.Id switch
        {
            TypeId.Int8 => visitor.Visit<sbyte>(type),
            TypeId.Int16 => visitor.Visit<short>(type),
            TypeId.Int32 or TypeId.Date => visitor.Visit<int>(type),
            TypeId.Int64 or TypeId.Time or TypeId.Timestamp => visitor.Visit<long>(type),
            TypeId.UInt8 => visitor.Visit<byte>(type),
            TypeId.UInt16 => visitor.Visit<ushort>(type),
            TypeId.UInt32 => visitor.Visit<uint>(type),
            TypeId.UInt64 => visitor.Visit<ulong>(type),
            TypeId.Float32 => visitor.Visit<float>(type),
            TypeId.Float64 => visitor.Visit<double>(type),
            TypeId.Decimal => visitor.Visit<Int128>(type),
            TypeId.Interval => visitor.Visit<Interval>(type),
            TypeId.FixedBinary or TypeId.Uuid => visitor.VisitBinary(type),
            _ => throw new ArgumentException($"{type} is not of a fixed width."),
        };

    /// <summary>The same, for a visitor that is held through its interface.</summary>
    public static TResult Dispatch<TResult>(DataType type, IFixedVisitor<TResult> visitor) => Dispatch<Forward<TResult>, TResult>(type, new(visitor));

    private readonly struct Forward<TResult>(IFixedVisitor<TResult> visitor) : IFixedVisitor<TResult>
    {
        public TResult Visit<T>(DataType type)
            where T : unmanaged => visitor.Visit<T>(type);

        public TResult VisitBinary(DataType type) => visitor.VisitBinary(type);
    }
}
