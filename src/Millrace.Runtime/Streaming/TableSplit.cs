using Millrace.Sdk;

namespace Millrace.Runtime.Streaming;

/// <summary>A split of one of several tables.</summary>
internal sealed record TableSplit : Split
{
    /// <summary>The table.</summary>
    public required StreamTable Table { get; init; }

    /// <summary>The split as its own source knows it.</summary>
    public required Split Inner { get; init; }

    public static TableSplit Of(StreamTable table, Split inner) => new()
    {
        Id = table.Prefix + inner.Id,
        Key = table.Prefix + inner.Key,
        EndsKey = inner.EndsKey,
        EndPosition = inner.EndPosition,
        Bytes = inner.Bytes,
        Table = table,
        Inner = inner,
    };
}
