using Millrace.Sql.Planning;

namespace Millrace.Sql.Execution;

/// <summary>What can go wrong with what a query keeps in memory.</summary>
public static class SpillErrors
{
    public static readonly ErrorCode MemoryExhaustedCode = new("MR5282", "A query needs more memory than it may have.", "Allow the query more memory.");

    internal static MillraceException MemoryExhausted(string what, long limit)
        => MemoryExhaustedCode.Error($"{what} do not fit into {SizeText.Bytes(limit)}.");

    /// <param name="what">What does not fit.</param>
    /// <param name="limit">Bytes that there are.</param>
    /// <param name="needed">Bytes that it takes so far.</param>
    internal static MillraceException MemoryExhausted(string what, long limit, long needed)
        => MemoryExhaustedCode.Error($"{what} do not fit into {SizeText.Bytes(limit)}: they take {SizeText.Bytes(needed)} and more.");
}
