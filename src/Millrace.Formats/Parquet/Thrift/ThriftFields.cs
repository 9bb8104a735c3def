namespace Millrace.Formats.Parquet;

/// <summary>Where a reader stands among the fields of one struct.</summary>
public struct ThriftFields
{
    private ulong _seen;

    /// <summary>Id of the field whose value comes next.</summary>
    public short Id { get; private set; }

    internal void MoveTo(short id)
    {
        Id = id;
        if (id is >= 0 and < 64)
        {
            _seen |= 1UL << id;
        }
    }

    /// <summary>Throws unless the fields 1 to <paramref name="last"/> were all there.</summary>
    public readonly void RequireUpTo(int last, string name) => RequireMask(((1UL << last) - 1) << 1, name);

    /// <summary>Throws unless all of the fields were there.</summary>
    public readonly void Require(string name, params ReadOnlySpan<int> ids)
    {
        ulong mask = 0;
        foreach (int id in ids)
        {
            mask |= 1UL << id;
        }

        RequireMask(mask, name);
    }

    private readonly void RequireMask(ulong mask, string name)
    {
        if ((_seen & mask) != mask)
        {
            throw ParquetErrors.MissingField(name, System.Numerics.BitOperations.TrailingZeroCount(mask & ~_seen));
        }
    }
}
