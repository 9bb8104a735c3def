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
public sealed record SortField(int SourceId, Transform Transform, bool Descending, bool NullsFirst);
