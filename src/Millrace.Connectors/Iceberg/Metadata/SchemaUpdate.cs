namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Changes a schema step by step as the specification allows ("Schema Evolution"): ids stay with their columns, and new columns
/// get ids that were never used. Paths are those of the schema as it stands after the steps before.
/// </summary>
public sealed class SchemaUpdate
{
    private readonly TableSchema _base;
    private TableSchema _schema;

    /// <param name="schema">The schema to begin with.</param>
    /// <param name="lastColumnId">The highest id that the table ever gave to a column.</param>
    public SchemaUpdate(TableSchema schema, int lastColumnId)
    {
        _base = schema;
        _schema = schema;
        LastColumnId = lastColumnId;
    }

    /// <summary>The highest id given so far.</summary>
    public int LastColumnId { get; private set; }

    /// <summary>The schema after all steps. Its id is that of the one it began as; the commit gives it one of its own.</summary>
    public TableSchema Result => _schema;

    public bool HasChanges => !_schema.SameColumns(_base);

    /// <summary>Adds an optional column behind the others.</summary>
    /// <param name="parent">Path of the struct, or of a list or map of structs; null for the table.</param>
    /// <param name="name">Name; it may hold dots.</param>
    /// <param name="type">Type; the ids in it are replaced by new ones.</param>
    /// <param name="doc">A comment.</param>
    public SchemaUpdate Add(string? parent, string name, IcebergType type, string? doc = null)
    {
        var field = new IcebergField(++LastColumnId, name, false, WithNewIds(type)) { Doc = doc };
        if (parent is null)
        {
            return With([.. _schema.Fields, field]);
        }

        IcebergField owner = StructAt(parent);
        return Replace(owner.Id, f => f with { Type = new IcebergStruct([.. f.Type.Children, field]) });
    }

    public SchemaUpdate Drop(string path)
    {
        IcebergField field = Require(path);
        RequireMember(field, path);
        var gone = new HashSet<int>();
        Collect(field, gone);
        if (_schema.Identifiers.FirstOrDefault(gone.Contains, -1) is >= 0 and int identifier)
        {
            throw IcebergErrors.Evolution($"'{_schema.PathOf(identifier)}' identifies rows and cannot be dropped");
        }

        return SiblingsOf(field.Id).Siblings.Count > 1
            ? Replace(field.Id, _ => null)
            : throw IcebergErrors.Evolution($"'{path}' is the last column of its struct or table and cannot be dropped");
    }

    public SchemaUpdate Rename(string path, string name)
    {
        IcebergField field = Require(path);
        RequireMember(field, path);
        return Replace(field.Id, f => f with { Name = name });
    }

    public SchemaUpdate Describe(string path, string? doc) => Replace(Require(path).Id, f => f with { Doc = doc });

    /// <summary>Gives a column a type that holds all values of the one it has.</summary>
    public SchemaUpdate Widen(string path, IcebergPrimitive type)
    {
        IcebergField field = Require(path);
        return CanWiden(field.Type, type)
            ? Replace(field.Id, f => f with { Type = type })
            : throw IcebergErrors.Evolution($"'{path}' is of type {field.Type}, which cannot become {type}");
    }

    /// <summary>Puts a column before another of the same struct, or last.</summary>
    public SchemaUpdate Move(string path, string? before)
    {
        IcebergField field = Require(path);
        IcebergField? other = before is null ? null : Require(before);
        (int? owner, IReadOnlyList<IcebergField> siblings) = SiblingsOf(field.Id);
        int target = other is null ? siblings.Count : IndexOf(siblings, other.Id);
        if (target < 0)
        {
            throw IcebergErrors.Evolution($"'{path}' and '{before}' are not in the same struct");
        }

        if (other?.Id == field.Id)
        {
            return this;
        }

        RequireMember(field, path);
        List<IcebergField> moved = [.. siblings];
        moved.Insert(target, field);
        moved.RemoveAt(IndexOf(siblings, field.Id) is var at && at >= target ? at + 1 : at);
        return owner is { } id ? Replace(id, f => f with { Type = new IcebergStruct(moved) }) : With(moved);
    }

    /// <summary>Whether values of one type can be read as another ("Schema Evolution", allowed promotions of version 2).</summary>
    public static bool CanWiden(IcebergType from, IcebergPrimitive to) => from.Equals(to) || (from is IcebergPrimitive source && (source.Kind, to.Kind) switch
    {
        (IcebergKind.Int, IcebergKind.Long) => true,
        (IcebergKind.Float, IcebergKind.Double) => true,
        (IcebergKind.Decimal, IcebergKind.Decimal) => source.Scale == to.Scale && source.Precision <= to.Precision,
        _ => false,
    });

    private IcebergField Require(string path)
        => _schema.Find(path) ?? throw IcebergErrors.Evolution($"There is no column '{path}'{NearestName.Suggest(path, _schema.Ids.Select(_schema.PathOf))}");

    // Elements, keys and values have their names and their presence from their list or map.
    private void RequireMember(IcebergField field, string path)
    {
        (int? owner, _) = SiblingsOf(field.Id);
        if (owner is { } id && _schema.Find(id)!.Type is not IcebergStruct)
        {
            throw IcebergErrors.Evolution($"'{path}' is a part of a list or map, which cannot be dropped, renamed or moved");
        }
    }

    private IcebergField StructAt(string path)
    {
        IcebergField field = Require(path);
        IcebergField inner = field.Type switch
        {
            IcebergList list => list.Element,
            IcebergMap map => map.Value,
            _ => field,
        };
        return inner.Type is IcebergStruct ? inner : throw IcebergErrors.Evolution($"'{path}' is no struct");
    }

    private (int? Owner, IReadOnlyList<IcebergField> Siblings) SiblingsOf(int id)
    {
        if (IndexOf(_schema.Fields, id) >= 0)
        {
            return (null, _schema.Fields);
        }

        int owner = _schema.Ids.First(i => IndexOf(_schema.Find(i)!.Type.Children, id) >= 0);
        return (owner, _schema.Find(owner)!.Type.Children);
    }

    private SchemaUpdate Replace(int id, Func<IcebergField, IcebergField?> change) => With(Replace(_schema.Fields, id, change));

    private static List<IcebergField> Replace(IReadOnlyList<IcebergField> fields, int id, Func<IcebergField, IcebergField?> change)
    {
        var result = new List<IcebergField>(fields.Count);
        foreach (IcebergField field in fields)
        {
            if ((field.Id == id ? change(field) : field with { Type = Replace(field.Type, id, change) }) is { } kept)
            {
                result.Add(kept);
            }
        }

        return result;
    }

    private static IcebergType Replace(IcebergType type, int id, Func<IcebergField, IcebergField?> change) => type switch
    {
        IcebergStruct structure => new IcebergStruct(Replace(structure.Fields, id, change)),
        IcebergList list => new IcebergList(Replace([list.Element], id, change)[0]),
        IcebergMap map => Replace([map.Key, map.Value], id, change) is var parts ? new IcebergMap(parts[0], parts[1]) : map,
        _ => type,
    };

    private SchemaUpdate With(IReadOnlyList<IcebergField> fields)
    {
        _schema = new TableSchema(_schema.Id, fields, _schema.Identifiers);
        return this;
    }

    private IcebergType WithNewIds(IcebergType type) => type switch
    {
        IcebergStruct structure => new IcebergStruct([.. structure.Fields.Select(WithNewId).ToArray().Select(f => f with { Type = WithNewIds(f.Type) })]),
        IcebergList list => WithNewId(list.Element) is var element ? new IcebergList(element with { Type = WithNewIds(element.Type) }) : list,
        IcebergMap map => (WithNewId(map.Key), WithNewId(map.Value)) is var (key, value)
            ? new IcebergMap(key with { Type = WithNewIds(key.Type) }, value with { Type = WithNewIds(value.Type) })
            : map,
        _ => type,
    };

    private IcebergField WithNewId(IcebergField field) => field with { Id = ++LastColumnId };

    private static void Collect(IcebergField field, HashSet<int> ids)
    {
        ids.Add(field.Id);
        foreach (IcebergField child in field.Type.Children)
        {
            Collect(child, ids);
        }
    }

    private static int IndexOf(IReadOnlyList<IcebergField> fields, int id)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            if (fields[i].Id == id)
            {
                return i;
            }
        }

        return -1;
    }
}
