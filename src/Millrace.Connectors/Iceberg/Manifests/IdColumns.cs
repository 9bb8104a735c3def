using System.Collections.Immutable;
using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>The columns of a batch, or of a struct, by the ids of their fields. What other writers called them does not matter. Borrows the columns.</summary>
internal sealed class IdColumns
{
    private readonly Dictionary<int, Column> _byId = [];
    private readonly string _file;

    public IdColumns(IReadOnlyList<Field> fields, IReadOnlyList<Column> columns, string file)
    {
        _file = file;
        for (int i = 0; i < fields.Count; i++)
        {
            if (fields[i].Metadata.TryGetValue(FieldMetadata.FieldId, out string? text) && int.TryParse(text, CultureInfo.InvariantCulture, out int id))
            {
                _byId.TryAdd(id, columns[i]);
            }
        }
    }

    /// <summary>The fields of a struct.</summary>
    public IdColumns Struct(int id, string name) => Find(id) is StructColumn column
        ? new IdColumns(column.Type.Children, column.Fields, _file)
        : throw Fault($"has no struct '{name}' (field {id})");

    public Column? Find(int id) => _byId.GetValueOrDefault(id);

    public long? Number(int id, int row) => Find(id) switch
    {
        null => null,
        var column when column.IsNull(row) => null,
        FixedColumn<long> column => column.Values[row],
        FixedColumn<int> column => column.Values[row],
        var column => throw Fault($"has {column.Type} where a number is expected (field {id})"),
    };

    public long RequireNumber(int id, int row, string name) => Number(id, row) ?? throw Fault($"lacks '{name}' (field {id})");

    /// <summary>A number that counts something: 32 bits, not negative.</summary>
    public int? Count(int id, int row) => Number(id, row) switch
    {
        null => null,
        >= 0 and <= int.MaxValue and { } count => (int)count,
        { } other => throw Fault($"counts {other} (field {id})"),
    };

    public bool? Bool(int id, int row) => Find(id) switch
    {
        null => null,
        var column when column.IsNull(row) => null,
        BooleanColumn column => column.Values[row],
        var column => throw Fault($"has {column.Type} where a boolean is expected (field {id})"),
    };

    public string? Text(int id, int row) => Find(id) switch
    {
        null => null,
        var column when column.IsNull(row) => null,
        BinaryColumn column when column.Type.IsText => column.GetString(row),
        var column => throw Fault($"has {column.Type} where a text is expected (field {id})"),
    };

    public string RequireText(int id, int row, string name) => Text(id, row) ?? throw Fault($"lacks '{name}' (field {id})");

    public byte[]? Bytes(int id, int row) => Find(id) switch
    {
        null => null,
        var column when column.IsNull(row) => null,
        BinaryColumn column => column[row].ToArray(),
        var column => throw Fault($"has {column.Type} where bytes are expected (field {id})"),
    };

    /// <summary>A value in the form of <see cref="SingleValue"/>; values of narrower types from before a change become wider.</summary>
    /// <param name="id">The field.</param>
    /// <param name="type">Its type.</param>
    /// <param name="row">The row.</param>
    /// <param name="isGuess">Whether the type is not known for sure, so that any other is taken as it is.</param>
    public object? Value(int id, IcebergPrimitive type, int row, bool isGuess)
    {
        if (Find(id) is not { } column || column.IsNull(row))
        {
            return null;
        }

        object value = column.Type.IsNested ? throw Fault($"has {column.Type} in a partition (field {id})") : ColumnValue.Read(column, row)!;
        return (type.Kind, value) switch
        {
            (IcebergKind.Long, int narrow) => (long)narrow,
            (IcebergKind.Double, float narrow) => (double)narrow,
            _ when isGuess || SingleValue.IsOf(type, value) => value,
            _ => throw Fault($"has {column.Type} where a partition is of type {type} (field {id})"),
        };
    }

    public ImmutableSortedDictionary<int, T> Map<T>(int id, int row)
    {
        switch (Find(id))
        {
            case null:
                return ImmutableSortedDictionary<int, T>.Empty;
            case ListColumn { Items: StructColumn { Fields: [FixedColumn<int> keys, var values] } } list when values is FixedColumn<long> == (typeof(T) == typeof(long)) && values is FixedColumn<long> or BinaryColumn:
                if (list.IsNull(row))
                {
                    return ImmutableSortedDictionary<int, T>.Empty;
                }

                var map = ImmutableSortedDictionary.CreateBuilder<int, T>();
                for (int i = list.Offsets[row]; i < list.Offsets[row + 1]; i++)
                {
                    object? value = values is FixedColumn<long> numbers ? numbers.Values[i] : ((BinaryColumn)values)[i].ToArray();
                    if (!values.IsNull(i))
                    {
                        map[keys.Values[i]] = (T)value;
                    }
                }

                return map.ToImmutable();
            case var other:
                throw Fault($"has {other.Type} where a map by field id is expected (field {id})");
        }
    }

    public List<long> Numbers(int id, int row)
    {
        switch (Find(id))
        {
            case null:
                return [];
            case ListColumn { Items: FixedColumn<long> or FixedColumn<int> } list:
                var numbers = new List<long>();
                for (int i = list.IsNull(row) ? list.Offsets[row + 1] : list.Offsets[row]; i < list.Offsets[row + 1]; i++)
                {
                    numbers.Add(list.Items is FixedColumn<long> longs ? longs.Values[i] : ((FixedColumn<int>)list.Items).Values[i]);
                }

                return numbers;
            case var other:
                throw Fault($"has {other.Type} where a list of numbers is expected (field {id})");
        }
    }

    /// <summary>Ids of columns: numbers of 32 bits.</summary>
    public List<int> Ids(int id, int row)
        => Numbers(id, row).ConvertAll(n => n is >= int.MinValue and <= int.MaxValue ? (int)n : throw Fault($"names a column {n}, which is no id (field {id})"));

    public MillraceException Fault(string fault) => IcebergErrors.Manifest(_file, fault);
}
