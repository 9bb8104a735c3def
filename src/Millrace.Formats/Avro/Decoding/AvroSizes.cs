using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>What claims of many items are checked against: how few bytes a value can take in a file, and how many in memory.</summary>
internal static class AvroSizes
{
    public static int Min(AvroType type) => (int)Math.Min(Min(type, []), 1 << 20);

    /// <summary>Bytes that a value takes in a column besides those that lie in the file.</summary>
    public static int Cost(DataType type) => type.Layout switch
    {
        TypeLayout.Bit => 1,
        TypeLayout.Fixed => type.ByteWidth,
        TypeLayout.Struct => 1 + type.Children.Sum(f => Cost(f.Type)),
        _ => sizeof(int),
    };

    private static long Min(AvroType type, HashSet<AvroType> open)
    {
        switch (type.Kind)
        {
            case AvroKind.Null:
                return 0;
            case AvroKind.Float:
                return 4;
            case AvroKind.Double:
                return 8;
            case AvroKind.Fixed:
                return type.Size;
            case AvroKind.Union:
                return 1 + type.Children.Min(c => Min(c, open));
            case AvroKind.Record:
                // A record that can only be reached through itself has no finite value at all; 0 is a safe bound.
                if (!open.Add(type))
                {
                    return 0;
                }

                long sum = type.Fields.Sum(f => Min(f.Type, open));
                open.Remove(type);
                return sum;
            default:
                return 1;
        }
    }
}
