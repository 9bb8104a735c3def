namespace Millrace.Runtime.Contracts;

/// <summary>
/// What a value is known by: two hashes of 64 bits with different seeds. Of a billion values, two have the same key with a chance
/// of one in 10^21.
/// </summary>
internal readonly record struct Key128(ulong High, ulong Low) : IComparable<Key128>
{
    public const int Bytes = 16;

    /// <summary>Seed of the second hash.</summary>
    public const ulong SecondSeed = 0x9E3779B97F4A7C15;

    /// <summary>Marks a free slot of a table; no value has it.</summary>
    public bool IsNone => (High | Low) == 0;

    public static Key128 Of(ulong first, ulong second) => new(first, (first | second) == 0 ? 1 : second);

    public int CompareTo(Key128 other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);
}
