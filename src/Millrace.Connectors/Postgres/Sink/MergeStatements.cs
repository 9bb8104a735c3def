using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The statements that bring staged rows into a table by key. Of several rows with one key the last that arrived counts. A row
/// that is there already as it came is left alone: rewriting it would cost log, index entries and triggers for nothing.
/// </summary>
/// <param name="target">The table, in SQL.</param>
/// <param name="stage">The staging table, in SQL.</param>
/// <param name="columns">Columns of the rows.</param>
/// <param name="key">Columns that identify a row.</param>
/// <param name="isUnique">Whether an index of the table makes the key unique.</param>
/// <param name="hasOp">Whether rows say what happened to them.</param>
internal sealed class MergeStatements(string target, string stage, TargetColumns columns, IReadOnlyList<string> key, bool isUnique, bool hasOp)
{
    /// <summary>Column of the staging table with the order of arrival.</summary>
    public const string Order = "_millrace_order";

    private static readonly string Op = TableName.Quote(ChangeColumns.Op);

    private readonly string[] _others = [.. columns.All.Where(c => !key.Contains(c.Info.Name)).Select(c => c.Sql)];

    private string Keys => string.Join(", ", key.Select(TableName.Quote));

    private string KeysMatch => string.Join(" AND ", key.Select(TableName.Quote).Select(k => $"t.{k} = s.{k}"));

    // The last row of each key.
    private string Latest => $"(SELECT DISTINCT ON ({Keys}) {columns.Casts}{(hasOp ? $", {Op}" : "")} FROM {stage} ORDER BY {Keys}, {Order} DESC) s";

    private string IsKept => hasOp ? $"s.{Op} IS DISTINCT FROM '{ChangeColumns.Deleted}'" : "true";

    public string Sql => string.Join(";\n", Statements());

    private IEnumerable<string> Statements()
    {
        if (hasOp)
        {
            yield return $"DELETE FROM {target} WHERE EXISTS (SELECT FROM {stage} WHERE {Op} = '{ChangeColumns.Truncated}')";
            yield return $"DELETE FROM {stage} WHERE {Order} <= (SELECT max({Order}) FROM {stage} WHERE {Op} = '{ChangeColumns.Truncated}')";
            yield return $"DELETE FROM {target} t USING {Latest} WHERE {KeysMatch} AND s.{Op} = '{ChangeColumns.Deleted}'";
        }

        string insert = $"INSERT INTO {target} AS t ({columns.Names}) SELECT {columns.Names} FROM {Latest} WHERE {IsKept}";
        if (isUnique)
        {
            yield return _others.Length == 0 ? $"{insert} ON CONFLICT ({Keys}) DO NOTHING" : $"{insert} ON CONFLICT ({Keys}) DO UPDATE SET {Assignments("excluded")} WHERE {IsChanged("excluded")}";
            yield break;
        }

        if (_others.Length > 0)
        {
            yield return $"UPDATE {target} t SET {Assignments("s")} FROM {Latest} WHERE {KeysMatch} AND {IsKept} AND {IsChanged("s")}";
        }

        yield return $"{insert} AND NOT EXISTS (SELECT FROM {target} t WHERE {KeysMatch})";
    }

    private string Assignments(string from) => string.Join(", ", _others.Select(c => $"{c} = {from}.{c}"));

    // Compares images of rows: types may have no equality, or one that takes different texts for the same.
    private string IsChanged(string from) => $"ROW({Of("t")})::record OPERATOR(pg_catalog.*<>) ROW({Of(from)})::record";

    private string Of(string row) => string.Join(", ", _others.Select(c => $"{row}.{c}"));
}
