using Millrace.Runtime.Streaming;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;

namespace Millrace.Runtime.Sql;

/// <summary>Something that a session has by name.</summary>
/// <param name="Name">The name, as it was written when the object was made.</param>
/// <param name="Kind">Stream, table or view.</param>
public sealed record SqlObject(string Name, ObjectKind Kind)
{
    /// <summary>The query of a view.</summary>
    public QuerySyntax? View { get; init; }

    /// <summary>The rows of a table that lives in the session.</summary>
    public MemoryTable? Memory { get; init; }

    /// <summary>What an object with a connector is read from.</summary>
    public TableInput? Input { get; init; }

    /// <summary>The columns that it was declared with; empty where they are those of its rows.</summary>
    internal IReadOnlyList<TargetColumn> Columns { get; init; } = [];

    /// <summary>Where an object with a connector is written to.</summary>
    public Endpoint? Target { get; init; }

    /// <summary>Options of the statements that write to it: see <see cref="StreamJobOptions"/>.</summary>
    internal IReadOnlyDictionary<string, string> JobOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Columns of the primary key.</summary>
    internal IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>What a statement that writes to it has to fill.</summary>
    internal InsertTarget Filled(IReadOnlyList<Identifier> listed)
        => new(Name, Columns.Count > 0 || Memory is null ? Columns : [.. Memory.Schema.Fields.Select(f => new TargetColumn(f.Name, f.Type))], listed);
}

/// <summary>The objects of a session by name, in any case.</summary>
public sealed class SqlObjects
{
    private readonly SortedDictionary<string, SqlObject> _byName = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<string> Names => _byName.Keys;

    public IReadOnlyCollection<SqlObject> All => _byName.Values;

    public SqlObject? Find(QualifiedName name)
        => name.Parts.Count == 1 && _byName.TryGetValue(name.Last.Text, out SqlObject? found) && name.Last.Matches(found.Name) ? found : null;

    /// <summary>The object of a name, or an error with the nearest one.</summary>
    public SqlObject Require(QualifiedName name, ErrorPlace place)
        => Find(name) ?? throw SqlErrors.NotThere.Error($"There is no table, stream or view '{name}'{NearestName.Suggest(name.ToString(), Names)}.", place);

    public void Set(SqlObject made) => _byName[made.Name] = made;

    /// <summary>The objects as they are now, which later calls leave as they are.</summary>
    internal SqlObjects Snapshot()
    {
        var copy = new SqlObjects();
        foreach (SqlObject made in All)
        {
            copy.Set(made);
        }

        return copy;
    }

    public bool Remove(string name) => _byName.Remove(name);
}
