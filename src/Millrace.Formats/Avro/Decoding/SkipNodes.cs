namespace Millrace.Formats.Avro;

/// <summary>Steps over values that are not wanted.</summary>
internal static class SkipNodes
{
    /// <summary>A node that skips one value. Records of a recursive schema refer to themselves.</summary>
    public static DecodeNode For(AvroType type) => For(type, []);

    private static DecodeNode For(AvroType type, Dictionary<AvroType, SkipRecord> records) => type.Kind switch
    {
        AvroKind.Null => new SkipFixed(0),
        AvroKind.Boolean => new SkipFixed(1),
        AvroKind.Float => new SkipFixed(4),
        AvroKind.Double => new SkipFixed(8),
        AvroKind.Fixed => new SkipFixed(type.Size),
        AvroKind.Int or AvroKind.Long or AvroKind.Enum => SkipNumber.Instance,
        AvroKind.Bytes or AvroKind.String => SkipBytes.Instance,
        AvroKind.Array => new SkipItems(For(type.Item, records), AvroSizes.Min(type.Item), isMap: false),
        AvroKind.Map => new SkipItems(For(type.Item, records), AvroSizes.Min(type.Item) + 1, isMap: true),
        AvroKind.Union => ForUnion(type, records),
        _ => ForRecord(type, records),
    };

    private static DecodeNode ForUnion(AvroType type, Dictionary<AvroType, SkipRecord> records)
    {
        DecodeNode[] branches = [.. type.Children.Select(c => For(c, records))];
        DecodeNode? both = branches switch
        {
            [SkipFixed { Size: 0 }, _] => branches[1].OrNull(1),
            [_, SkipFixed { Size: 0 }] => branches[0].OrNull(0),
            _ => null,
        };
        return both ?? new UnionNode(branches);
    }

    private static SkipRecord ForRecord(AvroType type, Dictionary<AvroType, SkipRecord> records)
    {
        if (!records.TryGetValue(type, out SkipRecord? node))
        {
            node = new SkipRecord();
            records.Add(type, node);
            node.Fields = Merge([.. type.Fields.Select(f => For(f.Type, records))]);
        }

        return node;
    }

    /// <summary>Joins neighbours that skip a fixed number of bytes.</summary>
    public static DecodeNode[] Merge(List<DecodeNode> nodes)
    {
        var merged = new List<DecodeNode>(nodes.Count);
        foreach (DecodeNode node in nodes)
        {
            if (node is SkipFixed next && merged.Count > 0 && merged[^1] is SkipFixed previous && (long)next.Size + previous.Size <= int.MaxValue)
            {
                merged[^1] = new SkipFixed(previous.Size + next.Size);
            }
            else
            {
                merged.Add(node);
            }
        }

        return [.. merged];
    }

    private sealed class SkipFixed(int size) : DecodeNode
    {
        public int Size => size;

        public override void Decode(ref AvroCursor cursor) => cursor.Skip(size);

        public override DecodeNode OrNull(int valueBranch) => new SkipFixedOrNull(size, valueBranch);
    }

    private sealed class SkipNumber : DecodeNode
    {
        public static readonly SkipNumber Instance = new();

        public override void Decode(ref AvroCursor cursor) => cursor.ReadLong();

        public override DecodeNode OrNull(int valueBranch) => new SkipNumberOrNull(valueBranch);
    }

    private sealed class SkipBytes : DecodeNode
    {
        public static readonly SkipBytes Instance = new();

        public override void Decode(ref AvroCursor cursor) => cursor.Skip(cursor.ReadLong());

        public override DecodeNode OrNull(int valueBranch) => new SkipBytesOrNull(valueBranch);
    }

    private sealed class SkipFixedOrNull(int size, int valueBranch) : DecodeNode
    {
        public override void Decode(ref AvroCursor cursor) => cursor.Skip(cursor.ReadIndex(2) == valueBranch ? size : 0);
    }

    private sealed class SkipNumberOrNull(int valueBranch) : DecodeNode
    {
        public override void Decode(ref AvroCursor cursor)
        {
            if (cursor.ReadIndex(2) == valueBranch)
            {
                cursor.ReadLong();
            }
        }
    }

    private sealed class SkipBytesOrNull(int valueBranch) : DecodeNode
    {
        public override void Decode(ref AvroCursor cursor)
        {
            if (cursor.ReadIndex(2) == valueBranch)
            {
                cursor.Skip(cursor.ReadLong());
            }
        }
    }

    // Items without bytes cost time, so their number is bounded as if they cost memory.
    private const int FreeItemCost = 64;

    private sealed class SkipItems(DecodeNode item, int minItemSize, bool isMap) : DecodeNode
    {
        public override void Decode(ref AvroCursor cursor)
        {
            int count;
            while ((count = cursor.ReadBlockCount(minItemSize, minItemSize == 0 ? FreeItemCost : 0, out long size)) > 0)
            {
                if (size >= 0)
                {
                    cursor.Skip(size);
                    continue;
                }

                for (int i = 0; i < count; i++)
                {
                    if (isMap)
                    {
                        SkipBytes.Instance.Decode(ref cursor);
                    }

                    item.Decode(ref cursor);
                }
            }
        }
    }

    private sealed class SkipRecord : DecodeNode
    {
        public DecodeNode[] Fields { get; set; } = [];

        public override void Decode(ref AvroCursor cursor)
        {
            cursor.Enter();
            foreach (DecodeNode field in Fields)
            {
                field.Decode(ref cursor);
            }

            cursor.Leave();
        }
    }
}
