using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Says from bloom filters whether a row group can have the values that predicates ask for.</summary>
internal static class BloomPruner
{
    public static async ValueTask<bool> MayMatchAsync(IByteSource source, RowGroup group, List<LeafPredicate> predicates, CancellationToken cancellation)
    {
        foreach (LeafPredicate predicate in predicates)
        {
            if (predicate.Operator is not (PredicateOperator.Equal or PredicateOperator.In)
                || group.Columns[predicate.Leaf.Index].Metadata is not { BloomFilterOffset: not null } column
                || !predicate.Bloom.AreHashed)
            {
                continue;
            }

            if (await IndexReader.ReadBloomFilterAsync(source, column, cancellation).ConfigureAwait(false) is { } filter)
            {
                using NativeBuffer bits = filter.Bits;
                if (!predicate.Bloom.MayBeIn(bits.Span[..filter.Length]))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
