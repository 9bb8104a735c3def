using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>Makes a table fit rows: creates it, adds columns.</summary>
internal static class TableShape
{
    // Characters that the comment of a column has room for.
    private const int MaxComment = 1024;

    // Characters of a name ("Identifier Length Limits").
    private const int MaxName = 64;

    /// <summary>The statements that make the table fit; none if it does.</summary>
    /// <param name="connection">Tells what the server can do.</param>
    /// <param name="name">The table.</param>
    /// <param name="table">As it is; null if it does not exist.</param>
    /// <param name="schema">Of the rows.</param>
    /// <param name="key">Columns of the primary key of a table that is made.</param>
    /// <param name="evolution">Whether the table may be changed.</param>
    public static List<string> Changes(MySqlConnection connection, TableName name, TableInfo? table, Schema schema, IReadOnlyList<string> key, SchemaEvolution evolution)
    {
        RequireShort("table", name.Name, name);
        foreach (Field field in schema.Fields)
        {
            RequireShort("column", field.Name, name);
        }

        bool hasUuid = connection.HasUuid;
        if (table is null)
        {
            return [Creation(connection, name, schema, key)];
        }

        Field[] added = [.. schema.Fields.Where(f => table.Find(f.Name) is null)];
        if (added.Length > 0 && evolution == SchemaEvolution.Freeze)
        {
            throw MySqlErrors.SchemaMisfit.Error($"The table {name} lacks {(added.Length == 1 ? "the column" : "the columns")} {string.Join(", ", added.Select(f => f.Name))}.", new ErrorPlace { Stream = name.ToString() }, "Add them, or let the table evolve.");
        }

        ColumnInfo? missing = table.Columns.FirstOrDefault(c => c is { NotNull: true, IsGenerated: false, HasDefault: false } && !schema.Fields.Any(f => f.Name.Equals(c.Name, StringComparison.OrdinalIgnoreCase)));
        if (missing is not null)
        {
            throw MySqlErrors.SchemaMisfit.Error($"The column '{missing.Name}' of {name} must have a value, and the rows do not have it.", new ErrorPlace { Stream = name.ToString(), Field = missing.Name }, "Give it a default in the table, or compute it with `transform:`.");
        }

        return [.. added.Select(f => $"ALTER TABLE {name.Sql} ADD COLUMN {TableName.Quote(f.Name)} {WriteType.SqlFor(f.Type, 0, hasUuid)} NULL")];
    }

    private static void RequireShort(string what, string text, TableName table)
    {
        if (text.Length > MaxName)
        {
            throw MySqlErrors.NameTooLong.Error(
                $"The name of the {what} '{text}' has {text.Length} characters; a server takes {MaxName}.", new ErrorPlace { Stream = table.ToString(), Field = what == "column" ? text : null });
        }
    }

    private static string Comment(Field field)
        => DataTags.CommentOf(field) is { } comment ? $" COMMENT {SqlText.Literal(comment.Length > MaxComment ? comment[..MaxComment] : comment)}" : "";

    // Texts are told apart by every byte of them, as everywhere else.
    private static string Creation(MySqlConnection connection, TableName name, Schema schema, IReadOnlyList<string> key)
    {
        bool hasUuid = connection.HasUuid;
        int texts = schema.Fields.Count(f => key.Contains(f.Name) && f.Type.Layout is TypeLayout.VarBinary or TypeLayout.Dictionary);
        IEnumerable<string> parts = schema.Fields.Select(f =>
        {
            bool isKey = key.Contains(f.Name);
            return $"{TableName.Quote(f.Name)} {WriteType.SqlFor(f.Type, isKey ? Math.Max(texts, 1) : 0, hasUuid)}{(f.Nullable && !isKey ? " NULL" : " NOT NULL")}{Comment(f)}";
        });
        if (key.Count > 0)
        {
            parts = parts.Append($"PRIMARY KEY ({TableName.QuoteAll(key)})");
        }

        return $"CREATE TABLE IF NOT EXISTS {name.Sql} ({string.Join(", ", parts)}) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE {connection.ExactCollation}";
    }
}
