namespace Millrace.Sql.Execution;

/// <summary>What is said when a query's memory is used up and nothing can go to disk.</summary>
public static class MemoryErrors
{
    public static readonly ErrorCode LimitCode = new("MR5290", "A query needs more memory than it may use.", "Raise the memory limit of the query, or make it keep fewer rows.");

    internal static MillraceException Limit(MemoryBudget memory, string what)
        => LimitCode.Error($"{what} does not fit into the {memory.Limit} bytes that the query may use.");
}
