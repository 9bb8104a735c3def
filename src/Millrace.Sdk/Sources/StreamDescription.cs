using Millrace.Columnar;

namespace Millrace.Sdk;

/// <summary>A stream that a source offers.</summary>
public sealed record StreamDescription
{
    public required string Name { get; init; }

    public required Schema Schema { get; init; }

    /// <summary>Columns of the primary key, in order.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Rows, counted or estimated; null when unknown.</summary>
    public long? Rows { get; init; }

    /// <summary>Whether <see cref="Rows"/> is exact.</summary>
    public bool RowsExact { get; init; }

    public long? Bytes { get; init; }

    /// <summary>What else was found, for people.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
