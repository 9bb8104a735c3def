using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// A column, field, element, key or value of a file, with the levels that say where its values are. An entry of a leaf
/// below the node has a definition level d and a repetition level r: it opens a slot of the node if r is at most
/// <see cref="Repetition"/> and d at least <see cref="SlotLevel"/>; the slot is null if d is less than <see cref="PresentLevel"/>.
/// </summary>
public sealed record SchemaNode
{
    public required Field Field { get; init; }

    public required NodeKind Kind { get; init; }

    /// <summary>Definition level from which on the lists around the node have an element here.</summary>
    public required int SlotLevel { get; init; }

    /// <summary>Definition level from which on the node is not null.</summary>
    public required int PresentLevel { get; init; }

    /// <summary>Lists around the node.</summary>
    public required int Repetition { get; init; }

    public IReadOnlyList<SchemaNode> Children { get; init; } = [];

    /// <summary>The leaf itself, or else the first one below; its levels tell those of the node.</summary>
    public required SchemaLeaf FirstLeaf { get; init; }

    /// <summary>Of a list or map: definition level from which on it has an element.</summary>
    public int ItemLevel => PresentLevel + 1;

    public IEnumerable<SchemaLeaf> Leaves => Kind == NodeKind.Leaf ? [FirstLeaf] : Children.SelectMany(c => c.Leaves);
}
