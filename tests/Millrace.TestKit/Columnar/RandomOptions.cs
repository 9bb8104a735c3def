namespace Millrace.TestKit;

/// <summary>What <see cref="RandomBatches"/> makes.</summary>
public sealed record RandomOptions
{
    /// <summary>Share of the rows of a nullable field that are null.</summary>
    public double NullDensity { get; init; } = 0.2;

    /// <summary>Columns are views that start at an odd place of a longer column, in every nested part.</summary>
    public bool Sliced { get; init; }

    /// <summary>Share of values that lie at the edge of their type: smallest, largest, zero, empty.</summary>
    public double EdgeDensity { get; init; } = 0.1;

    /// <summary>NaN and the infinities may occur, and -0.</summary>
    public bool NonFinite { get; init; } = true;

    /// <summary>Characters of a text, bytes of a binary value. One value in some hundreds is far longer.</summary>
    public int MaxTextLength { get; init; } = 20;

    /// <summary>Texts are printable ASCII without quotes, commas, backslashes or line ends.</summary>
    public bool PlainText { get; init; }

    /// <summary>Items of a list, entries of a map.</summary>
    public int MaxItems { get; init; } = 4;

    /// <summary>How deep <see cref="RandomBatches.Type()"/> nests.</summary>
    public int MaxDepth { get; init; } = 2;

    /// <summary>The types that <see cref="RandomBatches.Type()"/> chooses from; all by default.</summary>
    public IReadOnlyList<TypeId> Types { get; init; } = Enum.GetValues<TypeId>();
}
