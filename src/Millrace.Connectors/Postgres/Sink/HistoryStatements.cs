using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The statements that keep every version of a row: the version that holds is closed when a row comes with other values, or is
/// gone, and the new one added behind it. Of several rows with one key in an epoch the last counts.
/// </summary>
/// <param name="target">The table.</param>
/// <param name="columns">Columns of the rows.</param>
/// <param name="key">Columns that identify a row.</param>
/// <param name="hasOp">Whether rows say what happened to them.</param>
internal sealed class HistoryStatements(TableInfo target, TargetColumns columns, IReadOnlyList<string> key, bool hasOp)
{
    /// <summary>Columns that the table has for this, with their types and what rows get that are there already.</summary>
    public static IReadOnlyList<(string Name, string Type)> Columns { get; } =
    [
        (HistoryColumns.ValidFrom, "timestamptz NOT NULL DEFAULT now()"),
        (HistoryColumns.ValidTo, "timestamptz"),
        (HistoryColumns.IsCurrent, "boolean NOT NULL DEFAULT true"),
    ];

    // A clock that was set back makes no version that ends before it began.
    private const string Close = $"SET {HistoryColumns.ValidTo} = greatest(now(), t.{HistoryColumns.ValidFrom}), {HistoryColumns.IsCurrent} = false";

    private readonly StagedKeys _staged = new(columns, key, hasOp);

    /// <summary>Brings the rows of a staging table in.</summary>
    public string BringIn(string stage)
    {
        var statements = new List<string>();
        if (hasOp)
        {
            statements.Add($"UPDATE {target.Source} t {Close} WHERE t.{HistoryColumns.IsCurrent} AND EXISTS (SELECT FROM {stage} WHERE {StagedKeys.Op} = '{ChangeColumns.Truncated}')");
            statements.Add(StagedKeys.ForgetTruncated(stage));
        }

        string gone = hasOp ? $" OR NOT ({_staged.IsKept})" : "";
        statements.Add($"UPDATE {target.Source} t {Close} FROM {_staged.Latest(stage)} WHERE t.{HistoryColumns.IsCurrent} AND {_staged.KeysMatch} AND ({_staged.IsChanged("s")}{gone})");
        statements.Add(
            $"INSERT INTO {target.Name.Sql} {columns.Inserted($", {HistoryColumns.ValidFrom}, {HistoryColumns.ValidTo}, {HistoryColumns.IsCurrent}")} SELECT {columns.Names}, now(), NULL, true FROM {_staged.Latest(stage)} "
            + $"WHERE {_staged.IsKept} AND NOT EXISTS (SELECT FROM {target.Source} t WHERE t.{HistoryColumns.IsCurrent} AND {_staged.KeysMatch})");
        return string.Join(";\n", statements);
    }

    /// <summary>Closes the versions of rows that a whole snapshot lacks.</summary>
    public string CloseMissing(string stage) => $"UPDATE {target.Source} t {Close} WHERE t.{HistoryColumns.IsCurrent} AND {_staged.IsMissing(stage)}";
}
