namespace Millrace.Connectors.Iceberg;

/// <summary>How the rows of data files are kept apart. Files keep the spec they were written with.</summary>
public sealed record PartitionSpec(int Id, IReadOnlyList<SpecField> Fields)
{
    /// <summary>Ids of partition fields begin here, so that they meet none of a small schema.</summary>
    public const int FirstFieldId = 1000;

    public static PartitionSpec Unpartitioned { get; } = new(0, []);

    public bool IsPartitioned => Fields.Any(f => f.Transform.Kind != TransformKind.Void);

    /// <summary>Equal in all but the id.</summary>
    public bool SameFields(PartitionSpec other) => Fields.SequenceEqual(other.Fields);

    public bool Equals(PartitionSpec? other) => other is not null && Id == other.Id && SameFields(other);

    public override int GetHashCode() => HashCode.Combine(Id, Fields.Count);
}

/// <summary>A field of a partition.</summary>
/// <param name="SourceId">The column; of several the first.</param>
/// <param name="FieldId">Id of the field in the partition struct of manifests.</param>
/// <param name="Name">Name of the field.</param>
/// <param name="Transform">What is made of the column.</param>
public sealed record SpecField(int SourceId, int FieldId, string Name, Transform Transform)
{
    /// <summary>Further columns, which only transforms have that are not known here.</summary>
    public IReadOnlyList<int> FurtherIds { get; init; } = [];

    public bool Equals(SpecField? other) => other is not null && SourceId == other.SourceId && FieldId == other.FieldId && Name == other.Name
        && Transform == other.Transform && FurtherIds.SequenceEqual(other.FurtherIds);

    public override int GetHashCode() => HashCode.Combine(SourceId, FieldId, Name, Transform);
}
