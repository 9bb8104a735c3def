using System.Globalization;
using Millrace.Formats.Parquet;

namespace Millrace.Connectors.Iceberg;

/// <summary>How the data files of a table are written, as its properties <c>write.parquet.*</c> say.</summary>
internal static class ParquetSettings
{
    private const string Bloom = "write.parquet.bloom-filter-enabled.column.";
    private const string BloomShare = "write.parquet.bloom-filter-fpp.column.";
    private const int MaxRowGroupBytes = 64 << 20;

    public static ParquetOptions Of(TableMetadata table)
    {
        ParquetCompression compression = Compression(table);
        var options = new ParquetOptions
        {
            Compression = compression,
            CompressionLevel = Level(table, compression),
            BloomFilters = [.. BloomColumns(table)],
            Metadata = new Dictionary<string, string> { ["iceberg.schema"] = SchemaJson.ToText(table.Schema) },
        };
        if (Number(table, "write.parquet.row-group-size-bytes", 1, long.MaxValue) is { } group)
        {
            // Row groups wait in memory, so that those of other engines' size would be too large for many files at once.
            options = options with { RowGroupBytes = (int)Math.Clamp(group, 1 << 16, MaxRowGroupBytes) };
        }

        if (Number(table, "write.parquet.page-size-bytes", 1, long.MaxValue) is { } page)
        {
            options = options with { PageBytes = (int)Math.Clamp(page, 1 << 10, 1 << 28) };
        }

        if (Number(table, "write.parquet.page-row-limit", 1, int.MaxValue) is { } rows)
        {
            options = options with { PageRows = (int)rows };
        }

        if (Number(table, "write.parquet.dict-size-bytes", 1, long.MaxValue) is { } dictionary)
        {
            options = options with { DictionaryBytes = (int)Math.Clamp(dictionary, 1, 1 << 28) };
        }

        return Shares(table).DefaultIfEmpty(options.BloomFilterFalsePositives).Min() is var share && share != options.BloomFilterFalsePositives
            ? options with { BloomFilterFalsePositives = share }
            : options;
    }

    private static ParquetCompression Compression(TableMetadata table)
    {
        const string property = "write.parquet.compression-codec";
        return table.Properties.TryGetValue(property, out string? name)
            ? name.ToLowerInvariant() switch
            {
                "zstd" => ParquetCompression.Zstd,
                "snappy" => ParquetCompression.Snappy,
                "gzip" => ParquetCompression.Gzip,
                "brotli" => ParquetCompression.Brotli,
                "lz4" or "lz4_raw" => ParquetCompression.Lz4Raw,
                "none" or "uncompressed" => ParquetCompression.None,
                _ => throw IcebergErrors.Property(property, name, "zstd, snappy, gzip, brotli, lz4 or uncompressed"),
            }
            : ParquetCompression.Zstd;
    }

    // Each codec has levels of its own, and some have none.
    private static int? Level(TableMetadata table, ParquetCompression compression)
    {
        (int least, int most) = compression switch
        {
            ParquetCompression.Zstd => (1, 19),
            ParquetCompression.Gzip => (1, 9),
            ParquetCompression.Brotli => (1, 11),
            _ => (0, 0),
        };
        return Number(table, "write.parquet.compression-level", int.MinValue, int.MaxValue) is { } level && most > 0 ? (int)Math.Clamp(level, least, most) : null;
    }

    // Columns that are gone by now are of no use.
    private static IEnumerable<string> BloomColumns(TableMetadata table)
        => table.Properties.Where(p => p.Key.StartsWith(Bloom, StringComparison.Ordinal) && p.Value.Equals("true", StringComparison.OrdinalIgnoreCase))
            .Select(p => p.Key[Bloom.Length..])
            .Where(c => table.Schema.Find(c)?.Type is IcebergPrimitive);

    private static IEnumerable<double> Shares(TableMetadata table)
    {
        foreach ((string property, string text) in table.Properties.Where(p => p.Key.StartsWith(BloomShare, StringComparison.Ordinal)))
        {
            yield return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is > 0 and < 1
                ? Math.Clamp(share, 0.0001, 0.5)
                : throw IcebergErrors.Property(property, text, "a number between 0 and 1");
        }
    }

    private static long? Number(TableMetadata table, string property, long least, long most)
    {
        if (!table.Properties.TryGetValue(property, out string? text))
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw IcebergErrors.Property(property, text, "a whole number");
    }
}
