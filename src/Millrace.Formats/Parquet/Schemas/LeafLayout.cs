using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>How the bounds of a leaf are compared.</summary>
internal enum LeafOrder
{
    /// <summary>As numbers.</summary>
    Numeric,

    /// <summary>Byte by byte without sign.</summary>
    Bytes,

    /// <summary>As big-endian numbers with a sign.</summary>
    SignedBytes,

    /// <summary>The format defines no order, so there are no bounds.</summary>
    None,
}

/// <summary>A leaf of the schema that is written: how its values are stored and how deep it lies.</summary>
internal sealed record LeafLayout(DataType Type, PhysicalType Physical, int Width, LeafOrder Order)
{
    /// <summary>Levels are kept in a byte.</summary>
    public const int MaxLevel = byte.MaxValue;

    /// <summary>Names from the root to the leaf, the groups of lists and maps among them.</summary>
    public required List<string> Path { get; init; }

    /// <summary>Definition level of a value that is there.</summary>
    public required int MaxDefinition { get; init; }

    public required int MaxRepetition { get; init; }

    /// <summary>Names with dots between them, as options name a column.</summary>
    public string Name => string.Join('.', Path);
}
