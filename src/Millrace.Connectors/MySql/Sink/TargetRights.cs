using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Whether the user may do what a job needs, and the GRANT that is missing where not. What concerns a table is tried by EXPLAIN,
/// which asks for the rights of a statement and changes nothing.
/// </summary>
internal static class TargetRights
{
    public static async ValueTask<List<CheckFinding>> CheckAsync(MySqlConnection connection, TableName name, TableInfo? table, bool keepsProgress, CancellationToken cancellation)
    {
        string user = await ReadRights.UserAsync(connection, cancellation).ConfigureAwait(false);
        var findings = new List<CheckFinding>();
        bool mayCreate = true;
        if (table is null || !keepsProgress)
        {
            mayCreate = await MayCreateAsync(connection, name.Database, cancellation).ConfigureAwait(false);
        }

        if (table is null)
        {
            findings.Add(Finding(mayCreate, $"create {name}", "a new table", name, user, $"GRANT CREATE, SELECT, INSERT, UPDATE, DELETE ON {TableName.Quote(name.Database)}.* TO {user};"));
        }
        else
        {
            string column = TableName.Quote(table.Columns[0].Name);
            foreach ((string verb, string sql) in new[]
            {
                ("INSERT", $"INSERT INTO {name.Sql} ({column}) SELECT {column} FROM {name.Sql} WHERE FALSE"),
                ("UPDATE", $"UPDATE {name.Sql} SET {column} = {column} WHERE FALSE"),
                ("DELETE", $"DELETE FROM {name.Sql} WHERE FALSE"),
            })
            {
                bool may = await MayAsync(connection, sql, cancellation).ConfigureAwait(false);
                if (!may || verb == "INSERT")
                {
                    findings.Add(Finding(may, may ? $"write {name}" : $"{verb.ToLowerInvariant()} rows of {name}", $"{table.Columns.Count} columns", name, user, $"GRANT SELECT, INSERT, UPDATE, DELETE ON {name.Sql} TO {user};"));
                }
            }
        }

        findings.Add(Finding(mayCreate, "keep progress", "in _millrace_checkpoint", name, user, $"GRANT CREATE, SELECT, INSERT, UPDATE, DELETE ON {TableName.Quote(name.Database)}.* TO {user};"));
        return findings;
    }

    private static CheckFinding Finding(bool isWell, string subject, string detail, TableName name, string user, string grant) => isWell
        ? CheckFinding.Pass(subject, detail)
        : CheckFinding.Fail(subject, MySqlErrors.NoRight.Error($"The user {user} may not {subject}.", new ErrorPlace { Stream = name.ToString() }, grant));

    private static async ValueTask<bool> MayAsync(MySqlConnection connection, string sql, CancellationToken cancellation)
    {
        try
        {
            await connection.ExecuteAsync($"EXPLAIN {sql}", cancellation).ConfigureAwait(false);
            return true;
        }
        catch (ServerException e) when (e.Number is 1142 or 1143 or 1044)
        {
            return false;
        }
    }

    // Rights of a database cannot be tried; they stand in the list of grants, also those of a role that is in force.
    private static async ValueTask<bool> MayCreateAsync(MySqlConnection connection, string database, CancellationToken cancellation)
    {
        foreach (string?[] row in await connection.QueryAsync("SHOW GRANTS", cancellation).ConfigureAwait(false))
        {
            string grant = row[0]!;
            int on = grant.IndexOf(" ON ", StringComparison.Ordinal);
            int to = grant.IndexOf(" TO ", StringComparison.Ordinal);
            if (!grant.StartsWith("GRANT ", StringComparison.Ordinal) || on < 0 || to < on)
            {
                continue;
            }

            string[] rights = grant[6..on].Split(", ");
            string scope = grant[(on + 4)..to];
            bool covers = scope == "*.*" || (scope.EndsWith(".*", StringComparison.Ordinal) && Covers(scope[..^2].Trim('`').Replace("``", "`", StringComparison.Ordinal), database));
            if (covers && (rights.Contains("CREATE") || rights.Contains("ALL PRIVILEGES")))
            {
                return true;
            }
        }

        return false;
    }

    // Names of databases in grants are patterns of LIKE.
    private static bool Covers(string pattern, string name)
    {
        var expression = new System.Text.StringBuilder("^");
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            bool isEscape = c == '\\' && i + 1 < pattern.Length;
            expression.Append(isEscape ? System.Text.RegularExpressions.Regex.Escape(pattern[++i].ToString()) : c switch { '%' => ".*", '_' => ".", _ => System.Text.RegularExpressions.Regex.Escape(c.ToString()) });
        }

        return System.Text.RegularExpressions.Regex.IsMatch(name, expression.Append('$').ToString(), System.Text.RegularExpressions.RegexOptions.Singleline);
    }
}
