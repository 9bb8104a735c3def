namespace Millrace.Connectors.Iceberg;

/// <summary>An order of partitions of one spec: field by field, nulls first.</summary>
internal static class PartitionOrder
{
    public static int Compare(PartitionTuple left, PartitionTuple right)
    {
        for (int i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            int order = (left[i], right[i]) switch
            {
                (null, null) => 0,
                (null, _) => -1,
                (_, null) => 1,
                var (a, b) => SingleValue.Compare(a!, b!),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return left.Count.CompareTo(right.Count);
    }
}
