namespace Millrace.Columnar.Interop;

/// <summary>How a foreign column lies in memory, where it may differ from ours.</summary>
internal enum ForeignLayout
{
    Bit,

    /// <summary>Values that are ours as they lie.</summary>
    Fixed,

    /// <summary>Values of a fixed width that are converted one by one.</summary>
    Converted,
    VarBinary,

    /// <summary>As <see cref="VarBinary"/>, with offsets of 64 bits.</summary>
    LargeVarBinary,

    /// <summary>Byte strings by views, in any number of data buffers.</summary>
    View,
    List,

    /// <summary>As <see cref="List"/>, with offsets of 64 bits.</summary>
    LargeList,

    /// <summary>Lists of one length, without offsets.</summary>
    FixedSizeList,
    Struct,
    Map,
    Dictionary,

    /// <summary>Rows without values and without buffers.</summary>
    Null,
}

/// <summary>One node of a foreign type: our field, and how its rows lie.</summary>
internal sealed record ShapeNode(Field Field, ForeignLayout Layout)
{
    public IReadOnlyList<ShapeNode> Children { get; init; } = [];

    /// <summary>The values of a dictionary.</summary>
    public ShapeNode? Dictionary { get; init; }

    /// <summary>The first letters of the format: for <see cref="ForeignLayout.Converted"/> what to convert, for a dictionary the type of its indices.</summary>
    public string Source { get; init; } = "";

    /// <summary>Items of a list of one length.</summary>
    public int ListSize { get; init; }

    public DataType Type => Field.Type;

    /// <summary>Buffers that the C data interface prescribes for the layout; of views at least so many.</summary>
    public int BufferCount => Layout switch
    {
        ForeignLayout.Null => 0,
        ForeignLayout.Struct or ForeignLayout.FixedSizeList => 1,
        ForeignLayout.VarBinary or ForeignLayout.LargeVarBinary or ForeignLayout.View => 3,
        _ => 2,
    };
}
