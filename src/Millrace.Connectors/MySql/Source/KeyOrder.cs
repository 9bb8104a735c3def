namespace Millrace.Connectors.MySql;

/// <summary>Columns in whose order rows are read, so that the values of one row say what comes behind it.</summary>
internal sealed class KeyOrder(IReadOnlyList<ColumnInfo> columns)
{
    public IReadOnlyList<ColumnInfo> Columns => columns;

    public int Count => columns.Count;

    /// <summary>The columns, as what <see cref="Behind"/> takes.</summary>
    public IEnumerable<string> Select => columns.Select(c => IsBinary(c) ? $"HEX({Sql(c)})" : Sql(c));

    public string OrderBy => string.Join(", ", columns.Select(Sql));

    /// <summary>The order of a table's primary key; null where it has none whose values could be named.</summary>
    public static KeyOrder? OfPrimaryKey(TableInfo table) => table.Key.Count > 0 ? Of(table, table.Key) : null;

    /// <summary>The order of some columns; null where one is of a type whose values are not ordered as their constants are.</summary>
    public static KeyOrder? Of(TableInfo table, IEnumerable<string> names)
    {
        ColumnInfo?[] found = [.. names.Select(table.Find)];
        return found.Length > 0 && Array.TrueForAll(found, c => c is not null && IsOrdered(c)) ? new KeyOrder(found!) : null;
    }

    /// <summary>
    /// What rows behind one fulfil. Written out, since the server finds no range in a comparison of rows.
    /// </summary>
    /// <param name="values">The values of that row.</param>
    public string Behind(IReadOnlyList<string> values)
    {
        string first = $"{Sql(columns[0])} {(columns.Count == 1 ? ">" : ">=")} {TypeMapper.Constant(columns[0], values[0])}";
        if (columns.Count == 1)
        {
            return first;
        }

        var cases = new List<string>();
        for (int i = 0; i < columns.Count; i++)
        {
            IEnumerable<string> equal = Enumerable.Range(0, i).Select(j => $"{Sql(columns[j])} = {TypeMapper.Constant(columns[j], values[j])}");
            cases.Add(string.Join(" AND ", equal.Append($"{Sql(columns[i])} > {TypeMapper.Constant(columns[i], values[i])}")));
        }

        return $"{first} AND ({string.Join(" OR ", cases.Select(c => $"({c})"))})";
    }

    private static bool IsOrdered(ColumnInfo column) => column.Type is
        "tinyint" or "smallint" or "mediumint" or "int" or "bigint" or "decimal" or "year" or "date" or "datetime" or "timestamp" or "time"
        or "char" or "varchar" or "binary" or "varbinary" or "uuid" or "inet4" or "inet6";

    private static bool IsBinary(ColumnInfo column) => column.Type is "binary" or "varbinary";

    // Qualified: a name alone could be that of something that is selected.
    private static string Sql(ColumnInfo column) => $"t.{TableName.Quote(column.Name)}";
}
