using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Makes a column of single values in plain encoding, as bounds are stored: byte arrays without their length.</summary>
internal static unsafe class PlainColumn
{
    /// <summary>The values as a column of the leaf's type; null if one of them is not what the type holds. The caller owns it.</summary>
    public static Column? Decode(SchemaLeaf leaf, IReadOnlyList<byte[]> values)
    {
        byte[]? page = ToPage(leaf, values);
        if (page is null)
        {
            return null;
        }

        using var decoder = LeafDecoder.Create(leaf, keepsDictionaries: false);
        fixed (byte* data = page)
        {
            decoder.StartPage(ParquetEncoding.Plain, data, page.Length - BitUnpacker.Slack);
            decoder.Append(values.Count);
        }

        return decoder.Build(null, 0);
    }

    private static byte[]? ToPage(SchemaLeaf leaf, IReadOnlyList<byte[]> values)
    {
        bool isBoolean = leaf.Physical == PhysicalType.Boolean;
        bool isVariable = leaf.Physical == PhysicalType.ByteArray;
        long size = BitUnpacker.Slack;
        foreach (byte[] value in values)
        {
            size += isBoolean ? 1 : isVariable ? sizeof(int) + value.Length : leaf.Width;
            if (!isVariable && value.Length != (isBoolean ? 1 : leaf.Width))
            {
                return null;
            }
        }

        var page = new byte[size];
        int at = 0;
        for (int i = 0; i < values.Count; i++)
        {
            if (isBoolean)
            {
                page[i >> 3] |= (byte)((values[i][0] & 1) << (i & 7));
                continue;
            }

            if (isVariable)
            {
                BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(at), values[i].Length);
                at += sizeof(int);
            }

            values[i].CopyTo(page, at);
            at += values[i].Length;
        }

        return page;
    }
}
