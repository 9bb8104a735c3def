using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Least, greatest, first and last.</summary>
internal static class ExtremeFunctions
{
    private static readonly TypePattern K = TypePattern.Variable("K");

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        AggregateEntry.Function(
            "min",
            "The least value. NaN is greater than all numbers.",
            [AggregateEntry.Of([AggregateEntry.T], AggregateEntry.T, site => Extreme<Least>(site.Types[0])) with { IgnoresRepeats = true }],
            "SELECT min(x) FROM (VALUES ('b'), ('a')) AS t(x)",
            "a"),
        AggregateEntry.Function(
            "max",
            "The greatest value.",
            [AggregateEntry.Of([AggregateEntry.T], AggregateEntry.T, site => Extreme<Greatest>(site.Types[0])) with { IgnoresRepeats = true }],
            "SELECT max(x) FROM (VALUES (1), (3), (2)) AS t(x)",
            "3"),
        AggregateEntry.Function(
            "arg_min",
            "The value of the row in which the second argument is least.",
            [AggregateEntry.Of([AggregateEntry.T, K], AggregateEntry.T, site => new ExtremeAccumulator(site.Types[0], site.Types[1], least: true, ownKey: false)) with { Ordered = true, IgnoresRepeats = true }],
            "SELECT arg_min(name, age) FROM (VALUES ('Ann', 31), ('Bob', 24)) AS t(name, age)",
            "Bob",
            "min_by"),
        AggregateEntry.Function(
            "arg_max",
            "The value of the row in which the second argument is greatest.",
            [AggregateEntry.Of([AggregateEntry.T, K], AggregateEntry.T, site => new ExtremeAccumulator(site.Types[0], site.Types[1], least: false, ownKey: false)) with { Ordered = true, IgnoresRepeats = true }],
            "SELECT arg_max(name, age) FROM (VALUES ('Ann', 31), ('Bob', 24)) AS t(name, age)",
            "Ann",
            "max_by"),
        End("first_value", "The value of the first row, which may be null; ORDER BY in the call says which row that is.", last: false, skipsNulls: false, "1", "first"),
        End("last_value", "The value of the last row, which may be null; ORDER BY in the call says which row that is.", last: true, skipsNulls: false, "2", "last"),
        AggregateEntry.Function(
            "any_value",
            "A value that is not null, whichever comes first.",
            [AggregateEntry.Of([AggregateEntry.T], AggregateEntry.T, site => new EndAccumulator(site.Types[0], last: false)) with { Ordered = true, IgnoresRepeats = true }],
            "SELECT any_value(x) FROM (VALUES (NULL), (7)) AS t(x)",
            "7",
            "arbitrary"),
    ];

    private static AggregateFunction End(string name, string doc, bool last, bool skipsNulls, string result, string alias)
        => AggregateEntry.Function(
            name,
            doc,
            [AggregateEntry.Of([AggregateEntry.T], AggregateEntry.T, site => new EndAccumulator(site.Types[0], last)) with { Ordered = true, IgnoresRepeats = true, SkipsNulls = skipsNulls }],
            $"SELECT {name}(x ORDER BY x) FROM (VALUES (2), (1)) AS t(x)",
            result,
            alias);

    private static Accumulator Extreme<TChoice>(DataType type)
        where TChoice : struct, IChoice
        => type.Id switch
        {
            TypeId.Boolean => new BooleanAccumulator(typeof(TChoice) == typeof(Least) ? BooleanFold.And : BooleanFold.Or),
            TypeId.Int8 => Integer<sbyte, TChoice>(type),
            TypeId.Int16 => Integer<short, TChoice>(type),
            TypeId.Int32 or TypeId.Date => Integer<int, TChoice>(type),
            TypeId.Int64 or TypeId.Time or TypeId.Timestamp => Integer<long, TChoice>(type),
            TypeId.UInt8 => Integer<byte, TChoice>(type),
            TypeId.UInt16 => Integer<ushort, TChoice>(type),
            TypeId.UInt32 => Integer<uint, TChoice>(type),
            TypeId.UInt64 => Integer<ulong, TChoice>(type),
            TypeId.Decimal => new DecimalExtreme<TChoice>(type),
            TypeId.Float32 => new FoldAccumulator<float, Extreme<float>, float, ExtremeFloat<float, TChoice>>(type),
            TypeId.Float64 => new FoldAccumulator<double, Extreme<double>, double, ExtremeFloat<double, TChoice>>(type),
            TypeId.Interval => new FoldAccumulator<Interval, Extreme<Interval>, Interval, ExtremeInterval<TChoice>>(type),
            TypeId.List or TypeId.Map or TypeId.Struct => new NestedExtreme(type, typeof(TChoice) == typeof(Least)),
            _ => new ExtremeAccumulator(type, type, typeof(TChoice) == typeof(Least), ownKey: true),
        };

    private static FoldAccumulator<T, Extreme<T>, T, ExtremeInteger<T, TChoice>> Integer<T, TChoice>(DataType type)
        where T : unmanaged, IComparisonOperators<T, T, bool>
        where TChoice : struct, IChoice => new(type);
}
