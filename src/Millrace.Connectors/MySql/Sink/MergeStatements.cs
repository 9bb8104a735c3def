using System.Globalization;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// The statements that bring staged rows into a table by key. The staging table has the key as its own, so that it holds the last
/// row of each. A row that is there already as it came is left alone by the server.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="columns">Columns of the rows.</param>
/// <param name="key">Columns that identify a row.</param>
/// <param name="missing">What becomes of rows whose key no staged row has, where the staged ones are only keys; null for a merge of rows.</param>
internal sealed class MergeStatements(TableInfo table, TargetColumns columns, IReadOnlyList<string> key, SnapshotDeletes? missing = null)
{
    /// <summary>Whether the staged rows are the keys of all that there are.</summary>
    public bool RemovesMissing => missing is not null;

    /// <summary>The staging table, in SQL.</summary>
    public static string StageOf(TableName table) => $"{TableName.Quote(table.Database)}._millrace_stage";

    private const string Order = "_millrace_order";

    private static readonly string Op = TableName.Quote(ChangeColumns.Op);

    private readonly string _stage = StageOf(table.Name);
    private readonly bool _hasOp = columns.AreChanges;
    private readonly string[] _others = [.. columns.Stored.Where(c => !key.Contains(c.Info.Name, StringComparer.OrdinalIgnoreCase)).Select(c => c.Sql)];

    private string KeysMatch => string.Join(" AND ", key.Select(TableName.Quote).Select(k => $"t.{k} = s.{k}"));

    /// <summary>
    /// Makes the staging table: columns of the same types, without rules but the key. A text without length gets one, since a
    /// key needs it.
    /// </summary>
    public string Preparation
    {
        get
        {
            IEnumerable<string> parts = columns.Sent.Select(c => $"{c.Sql} {StageType(c.Info)}")
                .Append($"{Order} bigint NOT NULL AUTO_INCREMENT").Append($"PRIMARY KEY ({TableName.QuoteAll(key)})").Append($"UNIQUE ({Order})");
            return $"CREATE TEMPORARY TABLE {_stage} ({string.Join(", ", parts)}) ENGINE = InnoDB";
        }
    }

    /// <summary>The smallest and the largest number of a staged row.</summary>
    public string Range => $"SELECT min({Order}), max({Order}) FROM {_stage}";

    /// <summary>Brings in the staged rows, or those of a range of numbers.</summary>
    public string StatementsOf((long First, long Last)? range)
    {
        if (missing is { } deletes)
        {
            return Removal(deletes);
        }

        string part = range is { } r ? string.Create(CultureInfo.InvariantCulture, $" AND s.{Order} BETWEEN {r.First} AND {r.Last}") : "";
        return string.Join(";\n", Statements(part));
    }

    // What is marked or removed comes first: of several statements the first one's count is told.
    private string Removal(SnapshotDeletes deletes)
    {
        string isMissing = $"s.{TableName.Quote(key[0])} IS NULL";
        return deletes == SnapshotDeletes.Hard
            ? $"DELETE t FROM {table.Name.Sql} t LEFT JOIN {_stage} s ON {KeysMatch} WHERE {isMissing}"
            : $"""
               UPDATE {table.Name.Sql} t LEFT JOIN {_stage} s ON {KeysMatch} SET t.{HistoryColumns.DeletedAt} = UTC_TIMESTAMP(6) WHERE {isMissing} AND t.{HistoryColumns.DeletedAt} IS NULL;
               UPDATE {table.Name.Sql} t JOIN {_stage} s ON {KeysMatch} SET t.{HistoryColumns.DeletedAt} = NULL WHERE t.{HistoryColumns.DeletedAt} IS NOT NULL
               """;
    }

    private IEnumerable<string> Statements(string part)
    {
        string kept = (_hasOp ? $"NOT (s.{Op} <=> '{ChangeColumns.Deleted}')" : "TRUE") + part;
        if (_hasOp)
        {
            yield return $"DELETE t FROM {table.Name.Sql} t JOIN {_stage} s ON {KeysMatch} WHERE s.{Op} = '{ChangeColumns.Deleted}'{part}";
        }

        string selected = string.Join(", ", columns.Stored.Select(c => $"s.{c.Sql}"));
        string insert = $"INSERT INTO {table.Name.Sql} ({columns.Names}) SELECT {selected} FROM {_stage} s WHERE {kept}";
        if (IsTheOnlyUniqueIndex)
        {
            string first = TableName.Quote(key[0]);
            yield return $"{insert} ON DUPLICATE KEY UPDATE {(_others.Length == 0 ? $"{first} = VALUES({first})" : string.Join(", ", _others.Select(c => $"{c} = VALUES({c})")))}";
            yield break;
        }

        // ON DUPLICATE KEY would take a row with the same value of another unique index for the one that is meant.
        if (_others.Length > 0)
        {
            yield return $"UPDATE {table.Name.Sql} t JOIN {_stage} s ON {KeysMatch} SET {string.Join(", ", _others.Select(c => $"t.{c} = s.{c}"))} WHERE {kept}";
        }

        yield return $"{insert} AND NOT EXISTS (SELECT 1 FROM {table.Name.Sql} t WHERE {KeysMatch})";
    }

    private bool IsTheOnlyUniqueIndex
    {
        get
        {
            IndexInfo[] unique = [.. table.Indexes.Where(i => i.IsUnique)];
            return unique is [{ IsPartial: false } only] && only.Columns.Count == key.Count && only.Columns.All(c => key.Contains(c, StringComparer.OrdinalIgnoreCase));
        }
    }

    private string StageType(ColumnInfo column)
    {
        bool isKey = key.Contains(column.Name, StringComparer.OrdinalIgnoreCase);
        string type = column.TypeText;
        if (isKey && column.Type.EndsWith("text", StringComparison.Ordinal))
        {
            type = $"varchar({700 / key.Count})";
        }
        else if (isKey && column.Type.EndsWith("blob", StringComparison.Ordinal))
        {
            type = $"varbinary({2800 / key.Count})";
        }

        string collation = column.Collation is { } name ? $" COLLATE {name}" : "";
        return $"{type}{collation} {(isKey ? "NOT NULL" : "NULL")}";
    }
}
