using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>A node with values of its own: one chunk per row group.</summary>
public sealed record SchemaLeaf
{
    /// <summary>Number of the chunk in each row group.</summary>
    public required int Index { get; init; }

    /// <summary>Names from the root, joined with dots.</summary>
    public required string Path { get; init; }

    public required PhysicalType Physical { get; init; }

    /// <summary>Bytes a value in plain encoding; 0 for booleans and byte arrays.</summary>
    public required int Width { get; init; }

    /// <summary>What a value becomes.</summary>
    public required DataType Type { get; init; }

    /// <summary>Definition level of an entry that has a value.</summary>
    public required int MaxDefinition { get; init; }

    public required int MaxRepetition { get; init; }

    /// <summary>See <see cref="SchemaNode.SlotLevel"/>.</summary>
    public required int SlotLevel { get; init; }
}
