using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Reads the end of a file: footer, its length, and the magic number.</summary>
internal static class FooterReader
{
    /// <summary>Length and magic number.</summary>
    private const int TailBytes = 8;

    // Most footers are shorter, and one read is all it takes.
    private const int FirstReadBytes = 64 << 10;

    public static ReadOnlySpan<byte> Magic => "PAR1"u8;

    public static ReadOnlySpan<byte> EncryptedMagic => "PARE"u8;

    public static async ValueTask<ParquetInspection> ReadAsync(IByteSource source, ParquetOptions options, CancellationToken cancellation)
    {
        ErrorPlace place = ErrorPlace.InFile(source.Name);
        try
        {
            FileMetadata metadata = await ReadMetadataAsync(source, options, cancellation).ConfigureAwait(false);
            return Describe(metadata, source.Length, options);
        }
        catch (MillraceException e) when (e.Place is null)
        {
            throw e.At(place);
        }
    }

    private static async ValueTask<FileMetadata> ReadMetadataAsync(IByteSource source, ParquetOptions options, CancellationToken cancellation)
    {
        if (source.Length == long.MaxValue)
        {
            throw ParquetErrors.NotSeekable();
        }

        if (source.Length < Magic.Length + TailBytes)
        {
            throw ParquetErrors.TooShort(source.Length);
        }

        using NativeBuffer tail = BufferPool.Rent(FirstReadBytes);
        int wanted = (int)Math.Min(source.Length, FirstReadBytes);
        await ReadExactAsync(source, source.Length - wanted, tail.Memory[..wanted], cancellation).ConfigureAwait(false);
        int length = CheckTail(tail.Span[..wanted], source.Length, options);
        if (length + TailBytes <= wanted)
        {
            return Parse(tail.Span.Slice(wanted - TailBytes - length, length));
        }

        using NativeBuffer whole = BufferPool.Rent(length);
        await ReadExactAsync(source, source.Length - TailBytes - length, whole.Memory[..length], cancellation).ConfigureAwait(false);
        return Parse(whole.Span[..length]);
    }

    private static int CheckTail(ReadOnlySpan<byte> tail, long fileLength, ParquetOptions options)
    {
        ReadOnlySpan<byte> magic = tail[^Magic.Length..];
        if (magic.SequenceEqual(EncryptedMagic))
        {
            throw ParquetErrors.EncryptedFooter();
        }

        if (!magic.SequenceEqual(Magic))
        {
            throw ParquetErrors.NoMagic(magic);
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(tail[^TailBytes..]);
        if (length > fileLength - Magic.Length - TailBytes)
        {
            throw ParquetErrors.FooterTooLong(length, fileLength);
        }

        return length <= options.MaxFooterBytes ? (int)length : throw ParquetErrors.Limit("The footer", length, options.MaxFooterBytes, "max_footer_bytes");
    }

    private static FileMetadata Parse(ReadOnlySpan<byte> bytes) => ThriftReader.ReadStruct<FileMetadata>(bytes, out _);

    private static ParquetInspection Describe(FileMetadata metadata, long fileLength, ParquetOptions options)
    {
        ParquetSchema schema = SchemaReader.Read(metadata);
        RowGroupPlace[] places = FindRowGroups(metadata, schema, fileLength, out long rows);
        string[] created = metadata.CreatedBy is { Length: > 0 } by ? [$"created by {by}"] : [];
        return new ParquetInspection
        {
            Schema = schema.Schema,
            Options = options,
            Rows = rows,
            Notes = [.. created, places.Length == 1 ? "1 row group" : $"{places.Length} row groups", .. schema.Notes],
            Metadata = metadata,
            Columns = schema,
            Places = places,
        };
    }

    private static RowGroupPlace[] FindRowGroups(FileMetadata metadata, ParquetSchema schema, long fileLength, out long rows)
    {
        var places = new RowGroupPlace[metadata.RowGroups.Count];
        rows = 0;
        for (int i = 0; i < places.Length; i++)
        {
            RowGroup group = metadata.RowGroups[i];
            if (group.Columns.Count != schema.Leaves.Count)
            {
                throw ParquetErrors.Schema($"row group {i} has {group.Columns.Count} column chunks, the schema has {schema.Leaves.Count} leaves");
            }

            if (group.RowCount < 0 || group.RowCount > long.MaxValue - rows)
            {
                throw ParquetErrors.Schema($"row group {i} says that it has {group.RowCount} rows");
            }

            places[i] = Locate(group, fileLength, rows);
            rows += group.RowCount;
        }

        return places;
    }

    private static RowGroupPlace Locate(RowGroup group, long fileLength, long firstRow)
    {
        long start = fileLength;
        long bytes = 0;
        foreach (ColumnChunk chunk in group.Columns)
        {
            if (chunk.Metadata is { } column)
            {
                start = Math.Min(start, ChunkPlace.Start(column));
                bytes = Math.Min(fileLength, bytes + Math.Clamp(column.CompressedSize, 0, fileLength));
            }
        }

        return new RowGroupPlace(Math.Max(start, 0), bytes, firstRow);
    }

    private static async ValueTask ReadExactAsync(IByteSource source, long offset, Memory<byte> target, CancellationToken cancellation)
    {
        if (await source.ReadFullyAsync(offset, target, cancellation).ConfigureAwait(false) < target.Length)
        {
            throw ParquetErrors.FileEnds(offset, target.Length);
        }
    }
}
