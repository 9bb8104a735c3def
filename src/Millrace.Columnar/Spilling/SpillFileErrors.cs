namespace Millrace.Columnar;

/// <summary>What can go wrong with rows that are kept on disk for want of memory.</summary>
public static class SpillFileErrors
{
    public static readonly ErrorCode WriteFailedCode = new("MR5280", "What cannot be kept in memory cannot be written to disk either.", "Free space on the disk of temporary files, or allow more memory.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode DamagedCode = new("MR5281", "What was written to disk for want of memory reads back differently.", "Check the disk, then run again.", ErrorDomain.External, ErrorClass.Retryable);

    /// <param name="folder">Where the file was to be.</param>
    /// <param name="cause">What the system says.</param>
    public static MillraceException WriteFailed(string folder, Exception cause)
        => WriteFailedCode.Error($"A temporary file in '{folder}' cannot be written: {cause.Message}", inner: cause);

    internal static MillraceException Damaged(long offset)
        => DamagedCode.Error($"The block at byte {offset} of a temporary file does not have its checksum.");
}
