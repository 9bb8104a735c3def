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
}
