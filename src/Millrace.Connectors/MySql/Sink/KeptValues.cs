using Millrace.Columnar;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Changes that leave out values which are what they were: they are made to the rows in the table, those that leave out the same
/// at once, behind all that was staged before. A row that goes to another key comes as a deleted one and the new one right behind it, both naming what
/// was left out.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="columns">Columns of the rows.</param>
/// <param name="key">Columns that identify a row.</param>
internal sealed class KeptValues(TableName table, TargetColumns columns, IReadOnlyList<string> key)
{
    private readonly string _stage = MergeStatements.StageOf(table);

    /// <summary>Holds the deleted row of a pair: no statement may name a temporary table twice.</summary>
    public static string MovedOf(TableName table) => $"{TableName.Quote(table.Database)}._millrace_moved";

    public static string Preparation(TableName table) => $"CREATE TEMPORARY TABLE {MovedOf(table)} LIKE {MergeStatements.StageOf(table)}";

    /// <summary>The columns that a row leaves out; null where it is whole.</summary>
    public static IReadOnlyList<string>? NamesOf(Column unchanged, int row)
    {
        if (unchanged.IsNull(row) || unchanged is not ListColumn lists)
        {
            return null;
        }

        var names = (BinaryColumn)lists.Items;
        return [.. Enumerable.Range(lists.Offsets[row], lists.Offsets[row + 1] - lists.Offsets[row])
            .Select(i => System.Text.Encoding.UTF8.GetString(names.Data[names.Offsets[i]..names.Offsets[i + 1]]))];
    }

    /// <summary>Makes the changes of the staged rows to the table.</summary>
    /// <param name="names">Columns that they leave out.</param>
    /// <param name="isMoved">Whether the row that the one staged was stands in the other table.</param>
    public string StatementsOf(IReadOnlyList<string> names, bool isMoved)
    {
        string[] sent = [.. columns.Stored.Where(c => !names.Contains(c.Info.Name)).Select(c => c.Sql)];
        string sets = string.Join(", ", sent.Where(c => isMoved || !key.Select(TableName.Quote).Contains(c)).Select(c => $"t.{c} = s.{c}"));
        string match = Match("s");
        string update = sets.Length == 0 ? ""
            : isMoved ? $"UPDATE {table.Sql} t JOIN {MovedOf(table)} m ON {Match("m")} JOIN {_stage} s SET {sets}; "
            : $"UPDATE {table.Sql} t JOIN {_stage} s ON {match} SET {sets}; ";
        return $"{update}INSERT INTO {table.Sql} ({columns.Names}) SELECT {string.Join(", ", columns.Stored.Select(c => $"s.{c.Sql}"))} FROM {_stage} s WHERE NOT EXISTS (SELECT 1 FROM {table.Sql} t WHERE {match}); DELETE FROM {_stage}";
    }

    private string Match(string row) => string.Join(" AND ", key.Select(TableName.Quote).Select(k => $"t.{k} = {row}.{k}"));
}
