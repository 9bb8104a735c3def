using System.Buffers.Binary;
using Millrace.Formats.Compression;
using Millrace.Formats.Parquet;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>A file put together page by page, for what no living writer writes any more.</summary>
internal sealed class HandMadeFile
{
    private readonly MemoryStream _bytes = new();
    private readonly List<SchemaElement> _schema = [];
    private readonly RowGroup _group = new();
    private int _roots;

    public HandMadeFile(int rows)
    {
        _bytes.Write("PAR1"u8);
        _group.RowCount = rows;
    }

    /// <summary>Adds a column of the root: its elements, and for each of its leaves the pages.</summary>
    public HandMadeFile Column(SchemaElement[] elements, params HandMadePage[][] leaves)
    {
        _roots++;
        _schema.AddRange(elements);
        SchemaElement[] leafElements = [.. elements.Where(e => e.Type is not null)];
        for (int i = 0; i < leaves.Length; i++)
        {
            _group.Columns.Add(Write(leafElements[i], leaves[i]));
        }

        return this;
    }

    public byte[] ToArray()
    {
        var root = new SchemaElement { Name = "root", ChildCount = _roots };
        var footer = new FileMetadata { Version = 1, Schema = [root, .. _schema], RowCount = _group.RowCount, RowGroups = [_group] };
        var writer = new ThriftWriter();
        writer.Root(footer);
        _bytes.Write(writer.Written.Span);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, writer.Written.Length);
        _bytes.Write(length);
        _bytes.Write("PAR1"u8);
        return _bytes.ToArray();
    }

    private ColumnChunk Write(SchemaElement leaf, HandMadePage[] pages)
    {
        long start = _bytes.Length;
        long? dictionary = null;
        long data = start;
        long values = 0;
        foreach (HandMadePage page in pages)
        {
            if (page.Header.Type == PageType.DictionaryPage)
            {
                dictionary = _bytes.Length;
            }
            else
            {
                data = values == 0 ? _bytes.Length : data;
                values += page.Header.DataPage?.ValueCount ?? page.Header.DataPageV2?.ValueCount ?? 0;
            }

            var writer = new ThriftWriter();
            writer.Root(page.Header);
            _bytes.Write(writer.Written.Span);
            _bytes.Write(page.Body);
        }

        long size = _bytes.Length - start;
        return new ColumnChunk
        {
            Metadata = new ColumnMetadata
            {
                Type = leaf.Type!.Value,
                Path = [leaf.Name],
                ValueCount = values,
                CompressedSize = size,
                UncompressedSize = size,
                DataPageOffset = data,
                DictionaryPageOffset = dictionary,
            },
        };
    }
}

/// <summary>A page of a <see cref="HandMadeFile"/>.</summary>
internal sealed record HandMadePage(PageHeader Header, byte[] Body)
{
    public static HandMadePage Data(int values, ParquetEncoding encoding, byte[] body, ParquetEncoding levels = ParquetEncoding.Rle, uint? crc = null) => new(
        new PageHeader
        {
            Type = PageType.DataPage,
            CompressedSize = body.Length,
            UncompressedSize = body.Length,
            Crc = (int?)crc,
            DataPage = new DataPageHeader { ValueCount = values, Encoding = encoding, DefinitionEncoding = levels, RepetitionEncoding = levels },
        },
        body);

    public static HandMadePage WithChecksum(int values, byte[] body) => Data(values, ParquetEncoding.Plain, body, crc: Crc32.Compute(body));

    /// <summary>A PLAIN page behind levels in runs of one: pairs of count and level.</summary>
    public static HandMadePage Levels(int values, byte[] repetitions, byte[] definitions, byte[] plain)
        => Data(values, ParquetEncoding.Plain, [.. Prefixed(repetitions), .. Prefixed(definitions), .. plain]);

    /// <summary>Levels as runs, each of its own length, preceded by their size; nothing for a leaf without such levels.</summary>
    private static byte[] Prefixed(byte[] levels)
    {
        if (levels.Length == 0)
        {
            return [];
        }

        byte[] runs = [.. levels.SelectMany(l => new[] { (byte)(1 << 1), l })];
        var prefix = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(prefix, runs.Length);
        return [.. prefix, .. runs];
    }
}
