namespace Millrace.Connectors.MySql;

/// <summary>What the catalogue knows of a table.</summary>
internal sealed record TableInfo
{
    public required TableName Name { get; init; }

    public required bool IsView { get; init; }

    /// <summary>Storage engine; null for a view.</summary>
    public required string? Engine { get; init; }

    /// <summary>Rows, as the engine estimates them.</summary>
    public long? Rows { get; init; }

    public long? Bytes { get; init; }

    public string? Comment { get; init; }

    public IReadOnlyList<ColumnInfo> Columns { get; init; } = [];

    public IReadOnlyList<IndexInfo> Indexes { get; init; } = [];

    /// <summary>Columns of the primary key in its order; none without one.</summary>
    public IReadOnlyList<string> Key => Indexes.FirstOrDefault(i => i.Name == "PRIMARY")?.Columns ?? [];

    /// <summary>Whether several statements on it can be one transaction.</summary>
    public bool IsTransactional => Engine is null || Engine.Equals("InnoDB", StringComparison.OrdinalIgnoreCase) || Engine.Equals("ROCKSDB", StringComparison.OrdinalIgnoreCase);

    public ColumnInfo? Find(string column) => Columns.FirstOrDefault(c => c.Name.Equals(column, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A column.</summary>
internal sealed record ColumnInfo
{
    public required string Name { get; init; }

    /// <summary>Name of the type alone, in lower case: <c>decimal</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The type as the server writes it: <c>decimal(12,2) unsigned</c>.</summary>
    public required string TypeText { get; init; }

    public required bool NotNull { get; init; }

    public int Precision { get; init; }

    public int Scale { get; init; }

    /// <summary>Name of the collation; null for what is no text.</summary>
    public string? Collation { get; init; }

    public string? Comment { get; init; }

    /// <summary>Whether the server computes it, so that it cannot be written.</summary>
    public bool IsGenerated { get; init; }

    /// <summary>Whether the server gives it a value when a row has none.</summary>
    public bool HasDefault { get; init; }

    /// <summary>A text whose rule is that it is JSON, which is what MariaDB makes of that type.</summary>
    public bool IsCheckedJson { get; init; }

    public bool IsUnsigned => TypeText.Contains(" unsigned", StringComparison.OrdinalIgnoreCase);
}

/// <param name="Name">Name; <c>PRIMARY</c> is that of the primary key.</param>
/// <param name="IsUnique">Whether no two rows have the same values.</param>
/// <param name="Columns">Columns in their order; an expression has an empty name.</param>
/// <param name="IsPartial">Whether only the beginnings of some values are indexed.</param>
internal sealed record IndexInfo(string Name, bool IsUnique, IReadOnlyList<string> Columns, bool IsPartial)
{
    public override string ToString() => $"{(IsUnique ? "unique index" : "index")} {Name} ({string.Join(", ", Columns)})";
}
