using System.Collections;

namespace Millrace.Connectors.Iceberg;

/// <summary>The partition of a file: a value per field of its spec, in the forms of <see cref="SingleValue"/>. Equal by value.</summary>
public sealed class PartitionTuple(params object?[] values) : IReadOnlyList<object?>, IEquatable<PartitionTuple>
{
    public static PartitionTuple Empty { get; } = new();

    public int Count => values.Length;

    public object? this[int index] => values[index];

    public bool Equals(PartitionTuple? other)
    {
        if (other is null || other.Count != Count)
        {
            return false;
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!SingleValue.AreEqual(values[i], other[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as PartitionTuple);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (object? value in values)
        {
            if (value is byte[] bytes)
            {
                hash.AddBytes(bytes);
            }
            else
            {
                hash.Add(value);
            }
        }

        return hash.ToHashCode();
    }

    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
