using System.Text;

namespace Millrace.Formats.Json;

/// <summary>
/// The slots of an object's fields by name. Fields that are not of the schema get slots, too, up to a limit, so that their
/// place among the others can be guessed.
/// </summary>
internal sealed class FieldTable
{
    private const int MaxUnknown = 4096;

    private readonly Dictionary<byte[], FieldSlot> _slots = new(ByteNames.Comparer);
    private readonly Dictionary<byte[], FieldSlot>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private int _unknown;

    /// <param name="columns">Names of the wanted fields, in the order of their columns.</param>
    /// <param name="known">Names of fields that are not wanted.</param>
    public FieldTable(IReadOnlyList<string> columns, IEnumerable<string> known)
    {
        _lookup = _slots.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int i = 0; i < columns.Count; i++)
        {
            Add(Encoding.UTF8.GetBytes(columns[i]), i, isKnown: true);
        }

        foreach (string name in known)
        {
            Add(Encoding.UTF8.GetBytes(name), -1, isKnown: true);
        }

        First = columns.Count > 0 ? _slots[Encoding.UTF8.GetBytes(columns[0])] : Overflow;
        Chain(columns);
    }

    /// <summary>Stands for all unknown fields beyond the limit.</summary>
    public FieldSlot Overflow { get; } = new([], -1, isKnown: false);

    /// <summary>The field to expect first in an object.</summary>
    public FieldSlot First { get; set; }

    /// <summary>The slot of a name whose escapes are undone; the name is new to the table if the slot is not known.</summary>
    public FieldSlot Find(ReadOnlySpan<byte> name)
    {
        if (_lookup.TryGetValue(name, out FieldSlot? slot))
        {
            return slot;
        }

        if (_unknown >= MaxUnknown || name.Length > byte.MaxValue)
        {
            return Overflow;
        }

        _unknown++;
        return Add(name.ToArray(), -1, isKnown: false);
    }

    private FieldSlot Add(byte[] name, int column, bool isKnown)
    {
        var slot = new FieldSlot(name, column, isKnown);
        _slots.TryAdd(name, slot);
        return _slots[name];
    }

    private void Chain(IReadOnlyList<string> columns)
    {
        for (int i = 0; i + 1 < columns.Count; i++)
        {
            _slots[Encoding.UTF8.GetBytes(columns[i])].Next = _slots[Encoding.UTF8.GetBytes(columns[i + 1])];
        }
    }
}

/// <summary>Compares names as bytes.</summary>
internal sealed class ByteNames : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static ByteNames Comparer { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public int GetHashCode(byte[] name) => GetHashCode(name.AsSpan());

    // HashCode is seeded per process, so a file cannot be made whose names all collide.
    public int GetHashCode(ReadOnlySpan<byte> name)
    {
        var hash = new HashCode();
        hash.AddBytes(name);
        return hash.ToHashCode();
    }
}
