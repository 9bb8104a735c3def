using Millrace.Columnar;

namespace Millrace.Sql.Binding;

/// <summary>
/// Which types a column of a target takes without being asked, as PostgreSQL's assignment casts do: besides what is implicit,
/// numbers become numbers, everything becomes text, and times lose what the column does not hold. Text becomes nothing else.
/// </summary>
internal static class AssignmentRules
{
    public static bool IsPossible(DataType from, DataType to)
        => TypeRules.IsImplicit(from, to) || (Loses(TypeRules.Decoded(from), to) && CastRules.IsPossible(from, to));

    private static bool Loses(DataType from, DataType to) => (from.Id, to.Id) switch
    {
        _ when NumericTypes.Rank(from) >= 0 && NumericTypes.Rank(to) >= 0 => true,
        (not TypeId.Binary and not TypeId.FixedBinary, TypeId.Utf8) => true,
        (TypeId.Timestamp, TypeId.Timestamp or TypeId.Date or TypeId.Time) => true,
        (TypeId.Time, TypeId.Time) or (TypeId.Date, TypeId.Timestamp) => true,
        (TypeId.Binary, TypeId.FixedBinary) or (TypeId.FixedBinary, TypeId.FixedBinary) => true,
        (TypeId.List, TypeId.List) or (TypeId.Map, TypeId.Map) or (TypeId.Struct, TypeId.Struct)
            => from.Children.Count == to.Children.Count && from.Children.Zip(to.Children).All(p => IsPossible(p.First.Type, p.Second.Type)),
        _ => false,
    };
}
