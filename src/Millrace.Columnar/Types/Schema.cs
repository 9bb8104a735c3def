using System.Collections.Immutable;

namespace Millrace.Columnar;

/// <summary>The fields of a batch, in order. Immutable. Names are unique, whatever their case is taken for.</summary>
public sealed class Schema : IEquatable<Schema>
{
    private readonly Field[] _fields;
    private readonly Dictionary<string, int> _byName;

    public Schema(IEnumerable<Field> fields, ImmutableDictionary<string, string>? metadata = null)
    {
        _fields = [.. fields];
        _byName = new Dictionary<string, int>(_fields.Length, StringComparer.Ordinal);
        for (int i = 0; i < _fields.Length; i++)
        {
            // The first of two equal names is the one found; readers make names unique before they come here.
            _byName.TryAdd(_fields[i].Name, i);
        }

        Metadata = metadata ?? ImmutableDictionary<string, string>.Empty;
    }

    public Schema(params ReadOnlySpan<Field> fields)
        : this((IEnumerable<Field>)fields.ToArray())
    {
    }

    public static Schema Empty { get; } = new(Array.Empty<Field>().AsEnumerable());

    public IReadOnlyList<Field> Fields => _fields;

    public int Count => _fields.Length;

    /// <summary>Free properties of the whole; formats keep them where they can.</summary>
    public ImmutableDictionary<string, string> Metadata { get; }

    public Field this[int index] => _fields[index];

    /// <summary>Position of a column, or -1. An exact match wins over one that differs in case, which must be the only one.</summary>
    public int IndexOf(string name)
    {
        if (_byName.TryGetValue(name, out int index))
        {
            return index;
        }

        int found = -1;
        for (int i = 0; i < _fields.Length; i++)
        {
            if (_fields[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                if (found >= 0)
                {
                    return -1;
                }

                found = i;
            }
        }

        return found;
    }

    /// <summary>Position of a column; an error that names the nearest one if there is none.</summary>
    public int Require(string name)
    {
        int index = IndexOf(name);
        return index >= 0 ? index : throw ColumnarErrors.UnknownColumn(name, this);
    }

    /// <summary>The schema of some of the columns, in the order given.</summary>
    public Schema Select(ReadOnlySpan<int> columns)
    {
        var fields = new Field[columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            fields[i] = _fields[columns[i]];
        }

        return new Schema(fields, Metadata);
    }

    public Schema WithMetadata(ImmutableDictionary<string, string> metadata) => new(_fields, metadata);

    /// <summary>Equal in fields; metadata does not count.</summary>
    public bool Equals(Schema? other) => other is not null && _fields.AsSpan().SequenceEqual(other._fields);

    public override bool Equals(object? obj) => Equals(obj as Schema);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Field field in _fields)
        {
            hash.Add(field);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(", ", _fields.AsEnumerable());
}
