namespace Millrace.Formats.Compression;

/// <summary>How a whole file is compressed.</summary>
public enum FileCodec
{
    None,

    /// <summary>Gzip, <c>.gz</c>.</summary>
    Gzip,

    /// <summary>Zstandard, <c>.zst</c>.</summary>
    Zstd,

    /// <summary>Bzip2, <c>.bz2</c>; read only.</summary>
    Bzip2,
}
