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
                    _tests.Add(new FieldTest(i, types[i], projected));
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
                _ => value is not null && test.Predicate.MayHold(value, value, test.Predicate.Value!),
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
                _ => test.Predicate.MayHold(Bound(test.Type, summary.Lower), mayHaveNan ? null : Bound(test.Type, summary.Upper), test.Predicate.Value!),
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
        if (predicate.Value is null)
        {
            return predicate;
        }

        object? constant = TransformColumn.Apply(transform, TypeMapping.ToColumnType(predicate.Type), predicate.Value);
        PredicateOperator? projected = (transform.Kind, predicate.Operator) switch
        {
            (_, PredicateOperator.Equal) => PredicateOperator.Equal,
            (TransformKind.Bucket, _) => null,
            (_, PredicateOperator.NotEqual) => null,
            (TransformKind.Identity, var same) => same,

            // Others map ranges onto one value, so that its ends belong to it.
            (_, PredicateOperator.Less or PredicateOperator.LessOrEqual) => PredicateOperator.LessOrEqual,
            (_, PredicateOperator.Greater or PredicateOperator.GreaterOrEqual) => PredicateOperator.GreaterOrEqual,
            _ => null,
        };
        return projected is { } op && constant is not null ? predicate with { Operator = op, Value = constant } : null;
    }

    private sealed record FieldTest(int Field, IcebergPrimitive Type, ScanPredicate Predicate);
}
