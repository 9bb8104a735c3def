using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// Which types share their hashes, those of <see cref="Hash"/> and <see cref="SecondHash"/>: a column that is widened among them keeps
/// the keys of its values.
/// </summary>
internal static class HashedAs
{
    /// <summary>The type that stands for all whose equal values have equal hashes.</summary>
    public static DataType Of(DataType type) => type.Id switch
    {
        // The greatest of them have the bits of negative numbers.
        TypeId.UInt64 => type,
        _ when type.IsInteger => DataType.Int64,
        _ when type.IsFloat => DataType.Float64,
        _ when type.IsText => DataType.Utf8,
        TypeId.Uuid or TypeId.FixedBinary => DataType.Binary,
        TypeId.Decimal => DataType.Decimal(DataType.MaxDecimalPrecision, type.Scale),
        TypeId.Timestamp => DataType.Timestamp(type.Unit),
        _ => type,
    };
}
