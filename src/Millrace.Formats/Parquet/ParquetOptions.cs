using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Millrace.Formats.Parquet;

/// <summary>Options of Parquet files, for reading and for writing.</summary>
public sealed record ParquetOptions : FormatOptions
{
    [Description("When reading: whether pages that carry a checksum are compared with it.")]
    public bool VerifyChecksums { get; init; } = true;

    [Description("When reading: the largest footer, in bytes, that is accepted.")]
    [Range(1024, int.MaxValue)]
    public int MaxFooterBytes { get; init; } = 256 << 20;

    [Description("When reading: the largest page, in bytes before compression, that is accepted.")]
    [Range(1024, int.MaxValue)]
    public int MaxPageBytes { get; init; } = 512 << 20;

    [Description("When writing: how pages are compressed.")]
    public ParquetCompression Compression { get; init; } = ParquetCompression.Snappy;

    [Description("When writing: the level of the compression; the codec's default if left out.")]
    public int? CompressionLevel { get; init; }

    [Description("When writing: bytes of pages, compressed, after which a row group ends. They are held in memory until then.")]
    [Range(1 << 16, int.MaxValue)]
    public int RowGroupBytes { get; init; } = 16 << 20;

    [Description("When writing: rows after which a row group ends.")]
    [Range(1, int.MaxValue)]
    public int RowGroupRows { get; init; } = 1 << 20;

    [Description("When writing: bytes of values, before compression, after which a page ends.")]
    [Range(1 << 10, 1 << 28)]
    public int PageBytes { get; init; } = 1 << 20;

    // Five batches of the usual size.
    [Description("When writing: rows after which a page ends. Readers that use the page index skip whole pages.")]
    [Range(1, int.MaxValue)]
    public int PageRows { get; init; } = 20_480;

    [Description("When writing: 1, or 2 for pages whose levels are not compressed.")]
    [Range(1, 2)]
    public int DataPageVersion { get; init; } = 1;

    [Description("When writing: whether the smallest and greatest values and the counts of nulls are stored, by which readers skip what they do not need.")]
    public bool Statistics { get; init; } = true;

    [Description("When writing: further properties of the file.")]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
