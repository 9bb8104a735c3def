using System.Globalization;
using System.Text;

namespace Millrace.Columnar;

/// <summary>
/// A type with its parameters. Immutable; equal by structure. <see cref="ToString"/> prints the name that
/// <see cref="TypeName.Parse"/> reads back.
/// </summary>
public sealed class DataType : IEquatable<DataType>
{
    /// <summary>The most digits that a decimal can have.</summary>
    public const int MaxDecimalPrecision = 38;

    private DataType(TypeId id)
    {
        Id = id;
        ByteWidth = TypeTable.Get(id).ByteWidth;
    }

    public static DataType Boolean { get; } = new(TypeId.Boolean);
    public static DataType Int8 { get; } = new(TypeId.Int8);
    public static DataType Int16 { get; } = new(TypeId.Int16);
    public static DataType Int32 { get; } = new(TypeId.Int32);
    public static DataType Int64 { get; } = new(TypeId.Int64);
    public static DataType UInt8 { get; } = new(TypeId.UInt8);
    public static DataType UInt16 { get; } = new(TypeId.UInt16);
    public static DataType UInt32 { get; } = new(TypeId.UInt32);
    public static DataType UInt64 { get; } = new(TypeId.UInt64);
    public static DataType Float32 { get; } = new(TypeId.Float32);
    public static DataType Float64 { get; } = new(TypeId.Float64);
    public static DataType Utf8 { get; } = new(TypeId.Utf8);
    public static DataType Binary { get; } = new(TypeId.Binary);
    public static DataType Json { get; } = new(TypeId.Json);
    public static DataType Uuid { get; } = new(TypeId.Uuid);
    public static DataType Date { get; } = new(TypeId.Date);
    public static DataType Interval { get; } = new(TypeId.Interval);

    public TypeId Id { get; }

    /// <summary>Digits of a decimal, 1 to 38.</summary>
    public int Precision { get; private init; }

    /// <summary>Digits of a decimal after the point, 0 to <see cref="Precision"/>.</summary>
    public int Scale { get; private init; }

    /// <summary>Bytes a value for <see cref="TypeLayout.Fixed"/>; 0 otherwise.</summary>
    public int ByteWidth { get; private init; }

    /// <summary>Resolution of a time or timestamp.</summary>
    public TimeUnit Unit { get; private init; }

    /// <summary>Zone of a timestamp that is an instant: <c>UTC</c> or an IANA name. Null for wall-clock time.</summary>
    public string? TimeZone { get; private init; }

    /// <summary>
    /// The element of a list; the fields of a struct; key and value of a map; the values of a dictionary.
    /// </summary>
    public IReadOnlyList<Field> Children { get; private init; } = [];

    public TypeInfo Info => TypeTable.Get(Id);

    public TypeLayout Layout => Info.Layout;

    public bool IsInteger => Id is >= TypeId.Int8 and <= TypeId.UInt64;

    public bool IsFloat => Id is TypeId.Float32 or TypeId.Float64;

    public bool IsNumeric => Id is >= TypeId.Int8 and <= TypeId.Decimal;

    public bool IsNested => Id is TypeId.List or TypeId.Struct or TypeId.Map;

    /// <summary>Text or JSON text: bytes that are UTF-8.</summary>
    public bool IsText => Id is TypeId.Utf8 or TypeId.Json;

    /// <summary>The element of a list.</summary>
    public Field Element => Id == TypeId.List ? Children[0] : throw new InvalidOperationException($"{this} has no element.");

    /// <summary>The values of a dictionary.</summary>
    public DataType DictionaryValue => Id == TypeId.Dictionary ? Children[0].Type : throw new InvalidOperationException($"{this} has no values.");

    public static DataType Decimal(int precision, int scale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(precision, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(precision, MaxDecimalPrecision);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, precision);
        return new(TypeId.Decimal) { Precision = precision, Scale = scale };
    }

    public static DataType FixedBinary(int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return new(TypeId.FixedBinary) { ByteWidth = width };
    }

    public static DataType Time(TimeUnit unit = TimeUnit.Microsecond) => new(TypeId.Time) { Unit = unit };

    public static DataType Timestamp(TimeUnit unit = TimeUnit.Microsecond, string? timeZone = null) => new(TypeId.Timestamp) { Unit = unit, TimeZone = timeZone };

    /// <summary>A list. Formats name the element in different ways; here it is always <c>element</c>, so that equal lists are equal types.</summary>
    public static DataType List(Field element) => new(TypeId.List) { Children = [element.WithName("element")] };

    public static DataType List(DataType element) => List(new Field("element", element));

    public static DataType Struct(params IReadOnlyList<Field> fields) => new(TypeId.Struct) { Children = fields };

    /// <summary>A map; its keys are never null.</summary>
    public static DataType Map(DataType key, Field value) => Map(new Field("key", key, nullable: false), value);

    /// <summary>A map whose key has metadata of its own.</summary>
    public static DataType Map(Field key, Field value) => new(TypeId.Map) { Children = [key.WithName("key").WithNullable(false), value.WithName("value")] };

    public static DataType Map(DataType key, DataType value) => Map(key, new Field("value", value));

    public static DataType Dictionary(DataType values) => new(TypeId.Dictionary) { Children = [new Field("values", values)] };

    /// <summary>Reads a name such as <c>decimal(12,2)</c>. See <see cref="TypeName"/>.</summary>
    public static DataType Parse(string name) => TypeName.Parse(name);

    public bool Equals(DataType? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        return other is not null
            && Id == other.Id
            && Precision == other.Precision
            && Scale == other.Scale
            && ByteWidth == other.ByteWidth
            && Unit == other.Unit
            && TimeZone == other.TimeZone
            && Children.SequenceEqual(other.Children);
    }

    public override bool Equals(object? obj) => Equals(obj as DataType);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Id);
        hash.Add(Precision);
        hash.Add(Scale);
        hash.Add(ByteWidth);
        hash.Add(Unit);
        foreach (Field child in Children)
        {
            hash.Add(child);
        }

        return hash.ToHashCode();
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    internal static string QuoteName(string name)
    {
        bool plain = name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_');
        foreach (char c in name)
        {
            plain &= char.IsAsciiLetterOrDigit(c) || c == '_';
        }

        return plain ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private void Write(StringBuilder text)
    {
        switch (Id)
        {
            case TypeId.Decimal:
                text.Append(CultureInfo.InvariantCulture, $"decimal({Precision},{Scale})");
                break;
            case TypeId.FixedBinary:
                text.Append(CultureInfo.InvariantCulture, $"fixed({ByteWidth})");
                break;
            case TypeId.Time or TypeId.Timestamp:
                text.Append(TimeZone is null ? Info.SqlName : "timestamptz");
                if (Unit != TimeUnit.Microsecond)
                {
                    text.Append(CultureInfo.InvariantCulture, $"({Unit.Digits()})");
                }

                if (TimeZone is not null and not "UTC")
                {
                    text.Append('[').Append(TimeZone).Append(']');
                }

                break;
            case TypeId.List or TypeId.Map or TypeId.Dictionary:
                text.Append(Info.SqlName).Append('<');
                for (int i = 0; i < Children.Count; i++)
                {
                    text.Append(i == 0 ? "" : ", ");
                    Children[i].Type.Write(text);
                    // A map's key is never null, so that is not worth saying.
                    text.Append(Children[i].Nullable || (Id == TypeId.Map && i == 0) ? "" : " not null");
                }

                text.Append('>');
                break;
            case TypeId.Struct:
                text.Append("struct<").AppendJoin(", ", Children).Append('>');
                break;
            default:
                text.Append(Info.SqlName);
                break;
        }
    }
}
