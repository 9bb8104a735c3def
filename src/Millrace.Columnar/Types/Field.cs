using System.Collections.Immutable;

namespace Millrace.Columnar;

/// <summary>A named, typed place in a schema or a struct. Immutable.</summary>
public sealed class Field : IEquatable<Field>
{
    public Field(string name, DataType type, bool nullable = true, ImmutableDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(type);
        Name = name;
        Type = type;
        Nullable = nullable;
        Metadata = metadata ?? ImmutableDictionary<string, string>.Empty;
    }

    public string Name { get; }

    public DataType Type { get; }

    public bool Nullable { get; }

    /// <summary>Free properties; well-known keys stand in <see cref="FieldMetadata"/>.</summary>
    public ImmutableDictionary<string, string> Metadata { get; }

    public Field WithName(string name) => name == Name ? this : new(name, Type, Nullable, Metadata);

    public Field WithType(DataType type) => new(Name, type, Nullable, Metadata);

    public Field WithNullable(bool nullable) => new(Name, Type, nullable, Metadata);

    public Field WithMetadata(string key, string value) => new(Name, Type, Nullable, Metadata.SetItem(key, value));

    public Field WithoutMetadata(string key) => Metadata.ContainsKey(key) ? new(Name, Type, Nullable, Metadata.Remove(key)) : this;

    /// <summary>Equal in name, type and nullability; metadata does not count.</summary>
    public bool Equals(Field? other) => other is not null && Name == other.Name && Nullable == other.Nullable && Type.Equals(other.Type);

    public override bool Equals(object? obj) => Equals(obj as Field);

    public override int GetHashCode() => HashCode.Combine(Name, Type, Nullable);

    public override string ToString() => Nullable ? $"{DataType.QuoteName(Name)} {Type}" : $"{DataType.QuoteName(Name)} {Type} not null";
}

/// <summary>Keys of <see cref="Field.Metadata"/> that have a meaning across projects.</summary>
public static class FieldMetadata
{
    /// <summary>Parquet's and Iceberg's field id, as a decimal number.</summary>
    public const string FieldId = "field.id";

    /// <summary>Comment of the column at its source.</summary>
    public const string Comment = "comment";

    /// <summary>Set where a type was inferred from a sample that held only nulls: the first value decides on the type, and any other input knows better.</summary>
    public const string Unseen = "inferred.unseen";
}
