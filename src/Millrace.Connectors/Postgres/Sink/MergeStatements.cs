using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The statements that bring staged rows into a table by key. Of several rows with one key the last that arrived counts. A row
/// that is there already as it came is left alone: rewriting it would cost log, index entries and triggers for nothing.
/// </summary>
/// <param name="target">The table.</param>
/// <param name="stage">The staging table, in SQL.</param>
/// <param name="columns">Columns of the rows.</param>
/// <param name="key">Columns that identify a row.</param>
/// <param name="isUnique">Whether an index of the table makes the key unique.</param>
/// <param name="hasOp">Whether rows say what happened to them.</param>
internal sealed class MergeStatements(TableInfo target, string stage, TargetColumns columns, IReadOnlyList<string> key, bool isUnique, bool hasOp)
{
    /// <summary>Column of the staging table with the order of arrival.</summary>
    public const string Order = "_millrace_order";

    private readonly StagedKeys _staged = new(columns, key, hasOp);

    public string Sql => string.Join(";\n", Statements());

    private IEnumerable<string> Statements()
    {
        string latest = _staged.Latest(stage);
        if (hasOp)
        {
            yield return $"DELETE FROM {target.Source} WHERE EXISTS (SELECT FROM {stage} WHERE {StagedKeys.Op} = '{ChangeColumns.Truncated}')";
            yield return StagedKeys.ForgetTruncated(stage);
            yield return $"DELETE FROM {target.Source} t USING {latest} WHERE {_staged.KeysMatch} AND s.{StagedKeys.Op} = '{ChangeColumns.Deleted}'";
        }

        bool hasOthers = _staged.Others.Count > 0;
        string insert = $"INSERT INTO {target.Name.Sql} AS t {columns.Inserted()} SELECT {columns.Names} FROM {latest} WHERE {_staged.IsKept}";
        if (isUnique)
        {
            yield return hasOthers
                ? $"{insert} ON CONFLICT ({_staged.Keys}) DO UPDATE SET {_staged.Assignments("excluded")} WHERE {_staged.IsChanged("excluded")}"
                : $"{insert} ON CONFLICT ({_staged.Keys}) DO NOTHING";
            yield break;
        }

        if (hasOthers)
        {
            yield return $"UPDATE {target.Source} t SET {_staged.Assignments("s")} FROM {latest} WHERE {_staged.KeysMatch} AND {_staged.IsKept} AND {_staged.IsChanged("s")}";
        }

        yield return $"{insert} AND NOT EXISTS (SELECT FROM {target.Source} t WHERE {_staged.KeysMatch})";
    }
}
