namespace Millrace.Connectors.Postgres;

/// <summary>Columns that tell rows apart and have an order, in SQL where <c>t</c> is the table, with their types.</summary>
internal sealed class RowKey(IReadOnlyList<(string Sql, string Type)> columns)
{
    public int Count => columns.Count;

    /// <summary>What stands behind ORDER BY.</summary>
    public string OrderBy => string.Join(", ", columns.Select(c => c.Sql));

    /// <summary>The columns as text.</summary>
    public IEnumerable<string> Texts => columns.Select(c => $"{c.Sql}::text");

    /// <summary>What the rows behind a key fulfil.</summary>
    public string Behind(IReadOnlyList<string> key) => Compare(">", key);

    /// <summary>What a key and the rows before it fulfil.</summary>
    public string UpTo(IReadOnlyList<string> key) => Compare("<=", key);

    private string Compare(string comparison, IReadOnlyList<string> key) => key.Count == columns.Count
        ? $"({OrderBy}) {comparison} ({string.Join(", ", key.Select((v, i) => SqlText.Literal(v, columns[i].Type)))})"
        : throw PostgresErrors.OtherCursor.Error($"The progress of the job names {key.Count} columns that tell rows apart; there are {columns.Count} now.");
}
