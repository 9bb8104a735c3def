using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>Parts of statements that meet staged rows, <c>s</c>, with those of a table, <c>t</c>, by key.</summary>
/// <param name="columns">Columns of the rows.</param>
/// <param name="key">Columns that identify a row.</param>
/// <param name="hasOp">Whether rows say what happened to them.</param>
internal sealed class StagedKeys(TargetColumns columns, IReadOnlyList<string> key, bool hasOp)
{
    public static readonly string Op = TableName.Quote(ChangeColumns.Op);

    /// <summary>Columns of the rows beside the key.</summary>
    public IReadOnlyList<string> Others { get; } = [.. columns.All.Where(c => !key.Contains(c.Info.Name)).Select(c => c.Sql)];

    public string Keys => string.Join(", ", key.Select(TableName.Quote));

    public string KeysMatch => string.Join(" AND ", key.Select(TableName.Quote).Select(k => $"t.{k} = s.{k}"));

    public string IsKept => hasOp ? $"s.{Op} IS DISTINCT FROM '{ChangeColumns.Deleted}'" : "true";

    /// <summary>The last row of each key.</summary>
    public string Latest(string stage) => $"(SELECT DISTINCT ON ({Keys}) {columns.Casts}{(hasOp ? $", {Op}" : "")} FROM {stage} ORDER BY {Keys}, {MergeStatements.Order} DESC) s";

    /// <summary>Whether no staged row has the key of one of the table.</summary>
    public string IsMissing(string stage) => $"NOT EXISTS (SELECT FROM {stage} s WHERE {string.Join(" AND ", columns.All.Where(c => key.Contains(c.Info.Name)).Select(c => $"t.{c.Sql} = s.{c.Cast}"))})";

    /// <summary>Removes the rows of a table, as it stands behind FROM, whose key no staged row has, or marks them; marks of others go.</summary>
    public string Remove(string table, string stage, bool keepsDeleted) => keepsDeleted
        ? $"""
           UPDATE {table} t SET {HistoryColumns.DeletedAt} = now() WHERE t.{HistoryColumns.DeletedAt} IS NULL AND {IsMissing(stage)};
           UPDATE {table} t SET {HistoryColumns.DeletedAt} = NULL WHERE t.{HistoryColumns.DeletedAt} IS NOT NULL AND NOT {IsMissing(stage)}
           """
        : $"DELETE FROM {table} t WHERE {IsMissing(stage)}";

    /// <summary>Takes away the rows that came before the table was emptied.</summary>
    public static string ForgetTruncated(string stage)
        => $"DELETE FROM {stage} WHERE {MergeStatements.Order} <= (SELECT max({MergeStatements.Order}) FROM {stage} WHERE {Op} = '{ChangeColumns.Truncated}')";

    /// <summary>Whether a row has other values. Compares images of rows: types may have no equality, or one that takes different texts for the same.</summary>
    public string IsChanged(string from) => $"ROW({Of("t")})::record OPERATOR(pg_catalog.*<>) ROW({Of(from)})::record";

    public string Assignments(string from) => string.Join(", ", Others.Select(c => $"{c} = {from}.{c}"));

    private string Of(string row) => string.Join(", ", Others.Select(c => $"{row}.{c}"));
}
