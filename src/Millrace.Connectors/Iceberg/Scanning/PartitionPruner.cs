using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Leaves out manifests and files by their partitions: a predicate on a column becomes one on what the spec makes of it, which is true
/// wherever the predicate is (specification, "Scan Planning", inclusive projection). For one spec.
/// </summary>
internal sealed class PartitionPruner
{
    private readonly List<FieldTest> _tests = [];

    public PartitionPruner(PartitionSpec spec, IReadOnlyList<IcebergPrimitive> types, IReadOnlyList<ScanPredicate> predicates)
    {
        for (int i = 0; i < spec.Fields.Count; i++)
        {
            foreach (ScanPredicate predicate in predicates)
            {
                if (spec.Fields[i].SourceId == predicate.Field.Id && Project(spec.Fields[i].Transform, predicate) is { } projected)
                {
                    _tests.Add(new FieldTest(i, types[i], projected, Wrapped(spec.Fields[i].Transform, projected)));
                }
            }
        }
    }

    public bool MayMatch(PartitionTuple partition)
    {
        foreach (FieldTest test in _tests)
        {
            object? value = partition[test.Field];
            bool mayMatch = test.Predicate.Operator switch
            {
                PredicateOperator.IsNull => value is null,
                PredicateOperator.IsNotNull => value is not null,
                _ => value is not null && test.MayHold(value, value),
            };
            if (!mayMatch)
            {
                return false;
            }
        }

        return true;
    }

    public bool MayMatch(ManifestFile manifest)
    {
        foreach (FieldTest test in _tests)
        {
            if (test.Field >= manifest.Partitions.Count)
            {
                continue;
            }

            FieldSummary summary = manifest.Partitions[test.Field];
            bool isFloat = test.Type.Kind is IcebergKind.Float or IcebergKind.Double;
            bool mayHaveNan = isFloat && summary.HasNan != false;
            bool mayMatch = test.Predicate.Operator switch
            {
                PredicateOperator.IsNull => summary.HasNull,
                _ when summary.Lower is null && summary.Upper is null && !mayHaveNan => !summary.HasNull,
                PredicateOperator.IsNotNull => true,
                _ => test.MayHold(Bound(test.Type, summary.Lower), mayHaveNan ? null : Bound(test.Type, summary.Upper)),
            };
            if (!mayMatch)
            {
                return false;
            }
        }

        return true;
    }

    private static object? Bound(IcebergPrimitive type, byte[]? bytes) => bytes is null ? null : SingleValue.FromBytes(type, bytes);

    private static ScanPredicate? Project(Transform transform, ScanPredicate predicate)
    {
        if (transform.Kind is TransformKind.Unknown or TransformKind.Void)
        {
            return null;
        }

        // A null becomes null, and nothing else does.
        if (predicate.Values.Count == 0)
        {
            return predicate;
        }

        PredicateOperator? projected = (transform.Kind, predicate.Operator) switch
        {
            (_, PredicateOperator.Equal or PredicateOperator.In) => predicate.Operator,
            (TransformKind.Bucket, _) => null,
            (_, PredicateOperator.NotEqual) => null,
            (TransformKind.Identity, var same) => same,

            // Others map ranges onto one value, so that its ends belong to it.
            (_, PredicateOperator.Less or PredicateOperator.LessOrEqual) => PredicateOperator.LessOrEqual,
            (_, PredicateOperator.Greater or PredicateOperator.GreaterOrEqual) => PredicateOperator.GreaterOrEqual,
            _ => null,
        };
        if (projected is not { } op)
        {
            return null;
        }

        if (transform.Kind == TransformKind.Truncate && op == PredicateOperator.GreaterOrEqual && Least(transform, predicate.Type) is { } wrapped
            && SingleValue.Compare(TransformColumn.Apply(transform, TypeMapping.ToColumnType(predicate.Type), predicate.Values[0])!, wrapped) == 0)
        {
            return null;
        }

        object?[] constants = [.. predicate.Values.Select(v => TransformColumn.Apply(transform, TypeMapping.ToColumnType(predicate.Type), v))];
        return Array.TrueForAll(constants, c => c is not null) ? predicate with { Operator = op, Values = [.. constants.Select(c => c!)] } : null;
    }

    // The partition of the least numbers, which are truncated to numbers below the least, and so become one of the greatest; as a predicate
    // of its own beside one that asks for small numbers.
    private static ScanPredicate? Wrapped(Transform transform, ScanPredicate projected)
        => transform.Kind == TransformKind.Truncate && projected.Operator == PredicateOperator.LessOrEqual && Least(transform, projected.Type) is { } wrapped
            ? projected with { Operator = PredicateOperator.Equal, Values = [wrapped] }
            : null;

    // What the least number of a type is truncated to; null where it is no greater, as it should be.
    private static object? Least(Transform transform, IcebergPrimitive type)
    {
        object? least = type.Kind switch { IcebergKind.Int => int.MinValue, IcebergKind.Long => long.MinValue, _ => null };
        object? truncated = least is null ? null : TransformColumn.Apply(transform, TypeMapping.ToColumnType(type), least);
        return truncated is not null && SingleValue.Compare(truncated, least!) > 0 ? truncated : null;
    }

    private sealed record FieldTest(int Field, IcebergPrimitive Type, ScanPredicate Predicate, ScanPredicate? OrElse)
    {
        public bool MayHold(object? lower, object? upper) => Predicate.MayHold(lower, upper) || OrElse?.MayHold(lower, upper) == true;
    }
}
