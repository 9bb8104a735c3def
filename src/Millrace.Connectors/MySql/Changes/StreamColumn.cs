namespace Millrace.Connectors.MySql;

/// <summary>A column of a table as the binary log has it from some place on.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Type of its values.</param>
/// <param name="Meta">What the type has beside: lengths, digits.</param>
internal sealed record StreamColumn(string Name, FieldType Type, int Meta)
{
    /// <summary>Collation of values that are no text.</summary>
    public const int Binary = 63;

    public bool IsUnsigned { get; init; }

    /// <summary>Number of the collation; <see cref="Binary"/> for what is no text.</summary>
    public int Collation { get; init; } = Binary;

    /// <summary>The values that an enum or set can have, in their character set.</summary>
    public IReadOnlyList<byte[]> Labels { get; init; } = [];

    /// <summary>Whether values of both are read in the same way.</summary>
    public bool IsSame(StreamColumn other)
        => Name == other.Name && Type == other.Type && Meta == other.Meta && IsUnsigned == other.IsUnsigned && Collation == other.Collation
            && Labels.Count == other.Labels.Count && Labels.Zip(other.Labels).All(p => p.First.AsSpan().SequenceEqual(p.Second));
}

/// <summary>Types of fields (<c>enum enum_field_types</c>). Texts and bytes of any length have one type each.</summary>
internal enum FieldType : byte
{
    Tiny = 1,
    Short = 2,
    Long = 3,
    Float = 4,
    Double = 5,
    OldTimestamp = 7,
    LongLong = 8,
    Int24 = 9,
    Date = 10,
    OldTime = 11,
    OldDateTime = 12,
    Year = 13,
    NewDate = 14,
    VarChar = 15,
    Bit = 16,
    Timestamp = 17,
    DateTime = 18,
    Time = 19,
    CompressedBlob = 140,
    CompressedVarChar = 141,
    Vector = 242,
    Json = 245,
    Decimal = 246,
    Enum = 247,
    Set = 248,
    Blob = 252,
    VarString = 253,
    String = 254,
    Geometry = 255,
}
