using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>The statements that bring staged rows into a table by key. Of several rows with one key the last that arrived counts.</summary>
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

    private string Keys => string.Join(", ", key.Select(TableName.Quote));

    private string KeysMatch => string.Join(" AND ", key.Select(TableName.Quote).Select(k => $"t.{k} = s.{k}"));

    public string Sql => string.Join(";\n", Statements());

    private IEnumerable<string> Statements()
    {
        if (hasOp)
        {
            yield return $"DELETE FROM {target} WHERE EXISTS (SELECT FROM {stage} WHERE {Op} = '{ChangeColumns.Truncated}')";
            yield return $"DELETE FROM {stage} WHERE {Order} <= (SELECT max({Order}) FROM {stage} WHERE {Op} = '{ChangeColumns.Truncated}')";
        }

        string latest = $"(SELECT DISTINCT ON ({Keys}) {columns.Casts}{(hasOp ? $", {Op}" : "")} FROM {stage} ORDER BY {Keys}, {Order} DESC)";
        if (!isUnique)
        {
            yield return $"DELETE FROM {target} t USING {latest} s WHERE {KeysMatch}";
        }
        else if (hasOp)
        {
            yield return $"DELETE FROM {target} t USING {latest} s WHERE {KeysMatch} AND s.{Op} = '{ChangeColumns.Deleted}'";
        }

        string kept = hasOp ? $" WHERE {Op} IS DISTINCT FROM '{ChangeColumns.Deleted}'" : "";
        yield return $"INSERT INTO {target} ({columns.Names}) SELECT {columns.Names} FROM {latest} s{kept}{OnConflict()}";
    }

    private string OnConflict()
    {
        if (!isUnique)
        {
            return "";
        }

        string[] others = [.. columns.All.Where(c => !key.Contains(c.Info.Name)).Select(c => $"{c.Sql} = excluded.{c.Sql}")];
        return others.Length == 0 ? $" ON CONFLICT ({Keys}) DO NOTHING" : $" ON CONFLICT ({Keys}) DO UPDATE SET {string.Join(", ", others)}";
    }
}
