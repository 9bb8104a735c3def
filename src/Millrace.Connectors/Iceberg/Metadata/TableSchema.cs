namespace Millrace.Connectors.Iceberg;

/// <summary>One schema of a table.</summary>
public sealed class TableSchema : IEquatable<TableSchema>
{
    private readonly Dictionary<int, IcebergField> _byId = [];
    private readonly Dictionary<int, string> _paths = [];

    /// <exception cref="MillraceException">An id or a name stands twice, or an identifier is no column.</exception>
    public TableSchema(int id, IReadOnlyList<IcebergField> fields, IReadOnlyList<int>? identifiers = null)
    {
        Id = id;
        Fields = fields;
        Identifiers = identifiers ?? [];
        Index(fields, "");
        foreach (int identifier in Identifiers)
        {
            if (!_byId.ContainsKey(identifier))
            {
                throw IcebergErrors.Evolution($"Identifier field {identifier} is not in the schema");
            }
        }
    }

    public int Id { get; }

    public IReadOnlyList<IcebergField> Fields { get; }

    /// <summary>Ids of the columns that tell rows apart.</summary>
    public IReadOnlyList<int> Identifiers { get; }

    /// <summary>Ids of all fields, nested ones included.</summary>
    public IEnumerable<int> Ids => _byId.Keys;

    public int HighestId => _byId.Count == 0 ? 0 : _byId.Keys.Max();

    /// <summary>The field of an id, nested or not; null when there is none.</summary>
    public IcebergField? Find(int id) => _byId.GetValueOrDefault(id);

    /// <summary>The name of a field with the names around it, joined with dots.</summary>
    public string PathOf(int id) => _paths.GetValueOrDefault(id) ?? $"#{id}";

    /// <summary>The field at a path such as <c>address.city</c> or <c>tags.element</c>; an exact match wins over one that differs in case.</summary>
    public IcebergField? Find(string path)
    {
        IcebergField? found = null;
        foreach ((int id, string candidate) in _paths)
        {
            if (candidate == path)
            {
                return _byId[id];
            }

            if (candidate.Equals(path, StringComparison.OrdinalIgnoreCase))
            {
                found = _byId[id];
            }
        }

        return found;
    }

    public TableSchema WithId(int id) => new(id, Fields, Identifiers);

    /// <summary>Equal in fields and identifiers; the id does not count.</summary>
    public bool SameColumns(TableSchema other) => Fields.SequenceEqual(other.Fields) && Identifiers.Order().SequenceEqual(other.Identifiers.Order());

    public bool Equals(TableSchema? other) => other is not null && Id == other.Id && SameColumns(other);

    public override bool Equals(object? obj) => Equals(obj as TableSchema);

    public override int GetHashCode() => HashCode.Combine(Id, Fields.Count);

    public override string ToString() => new IcebergStruct(Fields).ToString();

    private void Index(IReadOnlyList<IcebergField> fields, string parent)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (IcebergField field in fields)
        {
            string path = parent.Length == 0 ? field.Name : $"{parent}.{field.Name}";
            if (!names.Add(field.Name))
            {
                throw IcebergErrors.Evolution($"Two columns are called '{path}'");
            }

            if (!_byId.TryAdd(field.Id, field))
            {
                throw IcebergErrors.Evolution($"The columns '{_paths[field.Id]}' and '{path}' have one id, {field.Id}");
            }

            _paths[field.Id] = path;
            Index(field.Type.Children, path);
        }
    }
}
