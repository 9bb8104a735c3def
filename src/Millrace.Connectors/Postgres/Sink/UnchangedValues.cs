using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The statements that fill staged rows of changes with the values that were not sent since they did not change: the last one staged of
/// the row before, else what the table holds. A row that went to another key has them from the deleted row right before it, which
/// names the same columns.
/// </summary>
/// <param name="target">What has the rows of the table, as it stands behind FROM.</param>
/// <param name="columns">Columns of the rows.</param>
/// <param name="key">Columns that identify a row.</param>
internal sealed class UnchangedValues(string target, TargetColumns columns, IReadOnlyList<string> key)
{
    private const string Stage = RowPath.Stage;
    private const string Order = MergeStatements.Order;

    // A variable. Its name is none that a column has.
    private const string Moved = "_millrace_moved";

    private static readonly string Op = TableName.Quote(ChangeColumns.Op);
    private static readonly string Names = TableName.Quote(ChangeColumns.Unchanged);

    private readonly TargetColumn[] _key = [.. columns.All.Where(c => key.Contains(c.Info.Name))];

    /// <param name="names">Columns that staged rows name.</param>
    public string Sql(IReadOnlyCollection<string> names)
    {
        TargetColumn[] filled = [.. columns.All.Where(c => names.Contains(c.Info.Name))];
        string keys = string.Join(", ", _key.Select(c => c.Sql));
        string moves = string.Concat(filled.Select(c => $"    {Fill(c, Moved + " - 1", "s." + Order + " = " + Moved)}\n"));
        string rest = string.Join(";\n", filled.Select(c => Fill(c, null, null).TrimEnd(';')));

        // In the order of arrival: a row may have moved more than once.
        string each = $"""
            DECLARE {Moved} bigint;
            BEGIN
              FOR {Moved} IN
                SELECT h.{Order} FROM {Stage} d JOIN {Stage} h ON h.{Order} = d.{Order} + 1
                 WHERE d.{Op} = '{ChangeColumns.Deleted}' AND d.{Names} IS NOT NULL AND h.{Names} IS NOT NULL ORDER BY 1
              LOOP
            {moves}  END LOOP;
            END
            """;
        return $"""
            SET LOCAL client_min_messages = warning;
            CREATE INDEX IF NOT EXISTS _millrace_stage_order ON {Stage} ({Order});
            CREATE INDEX IF NOT EXISTS _millrace_stage_key ON {Stage} ({keys});
            ANALYZE {Stage};
            DO {SqlText.Text(each)};
            {rest}
            """;
    }

    // With a place: one row, from the row at that place. Without: every row that is left, from its own key.
    private string Fill(TargetColumn column, string? place, string? where)
    {
        string name = SqlText.Literal(column.Info.Name, "text");
        string before = string.Join(" AND ", _key.Select(c => $"p.{c.Sql} = u.{c.Sql}"));
        string stored = string.Join(" AND ", _key.Select(c => $"t.{c.Sql} = u.{c.Cast}"));
        string from =
            $"""
            SELECT u.{Order}, CASE WHEN p.{Order} IS NULL THEN t.{column.Sql}::{column.Write.Sent} ELSE p.{column.Sql} END AS value
              FROM {Stage} u
              LEFT JOIN LATERAL (
                SELECT p.{Order}, p.{column.Sql} FROM {Stage} p
                 WHERE {before} AND p.{Order} < u.{Order} AND p.{Op} <> '{ChangeColumns.Deleted}' AND NOT ({name} = ANY (coalesce(p.{Names}, ARRAY[]::text[])))
                 ORDER BY p.{Order} DESC LIMIT 1) p ON true
              LEFT JOIN {target} t ON {stored}
             WHERE {(place is null ? $"{name} = ANY (u.{Names}) AND u.{Op} <> '{ChangeColumns.Deleted}'" : $"u.{Order} = {place}")}
            """;
        return $"UPDATE {Stage} s SET {column.Sql} = v.value, {Names} = array_remove(s.{Names}, {name}) FROM ({from}) v WHERE {where ?? $"s.{Order} = v.{Order}"} AND {name} = ANY (s.{Names});";
    }
}
