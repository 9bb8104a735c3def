using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Files;

/// <summary>Encodes text, binary and UUIDs by Iceberg's bucket.</summary>
internal sealed class BytesBucketEncoder(int buckets) : PartitionEncoder
{
    private readonly Dictionary<int, int> _codes = [];

    public override void Encode(Column column, Span<int> codes)
    {
        for (int i = 0; i < codes.Length; i++)
        {
            if (column.IsNull(i))
            {
                codes[i] = 0;
                continue;
            }

            int bucket = BucketKey.BucketOf(Murmur3.Hash(RowBytes.Of(column, i)), buckets);
            if (!_codes.TryGetValue(bucket, out codes[i]))
            {
                codes[i] = Add(bucket.ToString(CultureInfo.InvariantCulture));
                _codes.Add(bucket, codes[i]);
            }
        }
    }

    public override void Clear()
    {
        base.Clear();
        _codes.Clear();
    }
}
