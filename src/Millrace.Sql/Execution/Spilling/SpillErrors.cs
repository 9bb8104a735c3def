using Millrace.Sql.Planning;

namespace Millrace.Sql.Execution;

/// <summary>What can go wrong with what a query keeps on disk.</summary>
public static class SpillErrors
{
    public static readonly ErrorCode WriteFailedCode = new("MR5280", "What a query cannot keep in memory cannot be written to disk either.", "Free space on the disk, or allow the query more memory.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode DamagedCode = new("MR5281", "What a query wrote to disk reads back differently.", "Check the disk, then run the query again.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode MemoryExhaustedCode = new("MR5282", "A query needs more memory than it may have.", "Allow the query more memory.");

    internal static MillraceException WriteFailed(string folder, Exception cause)
        => WriteFailedCode.Error($"A temporary file in '{folder}' cannot be written: {cause.Message}", inner: cause);

    internal static MillraceException Damaged(long offset)
        => DamagedCode.Error($"The block at byte {offset} of a temporary file does not have its checksum.");

    internal static MillraceException MemoryExhausted(string what, long limit)
        => MemoryExhaustedCode.Error($"{what} do not fit into {SizeText.Bytes(limit)}.");

    /// <param name="what">What does not fit.</param>
    /// <param name="limit">Bytes that there are.</param>
    /// <param name="needed">Bytes that it takes so far.</param>
    internal static MillraceException MemoryExhausted(string what, long limit, long needed)
        => MemoryExhaustedCode.Error($"{what} do not fit into {SizeText.Bytes(limit)}: they take {SizeText.Bytes(needed)} and more.");
}
