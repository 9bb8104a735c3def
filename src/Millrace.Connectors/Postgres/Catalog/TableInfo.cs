namespace Millrace.Connectors.Postgres;

/// <summary>What the catalogue knows of a table.</summary>
internal sealed record TableInfo
{
    public required TableName Name { get; init; }

    public required uint Oid { get; init; }

    public required TableKind Kind { get; init; }

    /// <summary>Rows, as the last ANALYZE or VACUUM estimated; null when neither ever ran.</summary>
    public long? Rows { get; init; }

    /// <summary>Bytes of the rows themselves, with what is kept beside them for length.</summary>
    public long Bytes { get; init; }

    /// <summary>Blocks of the main fork, from which the ctids of rows come; 0 for what has none.</summary>
    public long Blocks { get; init; }

    public string? Comment { get; init; }

    /// <summary>Whether the user may see where rows lie and who wrote them, which takes the right to read all of the table.</summary>
    public bool ShowsPlaces { get; init; } = true;

    public required IReadOnlyList<ColumnInfo> Columns { get; init; }

    /// <summary>Columns of the primary key in its order; none without one.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>What stands behind FROM, UPDATE and TRUNCATE. ONLY: rows of children that inherit are rows of those; parts of a partitioned table are the table.</summary>
    public string Source => Kind == TableKind.Table ? $"ONLY {Name.Sql}" : Name.Sql;

    /// <summary>The definitions of the other indexes.</summary>
    public IReadOnlyList<string> Indexes { get; init; } = [];
}

/// <summary>A column.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Its type's oid.</param>
/// <param name="Modifier">Length, or precision and scale; -1 for none.</param>
/// <param name="NotNull">Whether NULL is forbidden.</param>
/// <param name="TypeText">The type as the server writes it, such as <c>numeric(12,2)</c>.</param>
/// <param name="Comment">Its comment.</param>
/// <param name="IsGenerated">Whether the server computes it, so that it cannot be written.</param>
/// <param name="HasDefault">Whether the server gives it a value when a row has none.</param>
/// <param name="IsNumbered">Whether the server numbers it always (<c>GENERATED ALWAYS AS IDENTITY</c>): a row that is added may bring a number where that is said, and none is changed.</param>
internal sealed record ColumnInfo(string Name, uint Type, int Modifier, bool NotNull, string TypeText, string? Comment, bool IsGenerated, bool HasDefault, bool IsNumbered = false);

/// <summary>What can be read like a table (<c>pg_class.relkind</c>).</summary>
internal enum TableKind
{
    Table,
    Partitioned,
    View,
    MaterializedView,
    Foreign,
}
