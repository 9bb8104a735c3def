namespace Millrace.Connectors.Iceberg;

/// <summary>An order of rows within files. Order 0 is none.</summary>
public sealed record SortOrder(int Id, IReadOnlyList<SortField> Fields)
{
    public static SortOrder Unsorted { get; } = new(0, []);

    public bool IsSorted => Fields.Count > 0;

    public bool Equals(SortOrder? other) => other is not null && Id == other.Id && Fields.SequenceEqual(other.Fields);

    public override int GetHashCode() => HashCode.Combine(Id, Fields.Count);
}

/// <summary>One key of an order.</summary>
/// <param name="SourceId">The column; of several the first.</param>
/// <param name="Transform">What is made of the column.</param>
/// <param name="Descending">Whether the greatest comes first.</param>
/// <param name="NullsFirst">Whether nulls come before all values.</param>
public sealed record SortField(int SourceId, Transform Transform, bool Descending, bool NullsFirst)
{
    /// <summary>Further columns, which only transforms have that are not known here.</summary>
    public IReadOnlyList<int> FurtherIds { get; init; } = [];

    public bool Equals(SortField? other) => other is not null && SourceId == other.SourceId && Transform == other.Transform
        && Descending == other.Descending && NullsFirst == other.NullsFirst && FurtherIds.SequenceEqual(other.FurtherIds);

    public override int GetHashCode() => HashCode.Combine(SourceId, Transform, Descending, NullsFirst);
}
