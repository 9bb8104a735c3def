namespace Millrace.Connectors.MySql;

/// <summary>Whether the user may read what a job needs, and the GRANT that is missing where not. Tried, not looked up: rights come from roles and patterns too.</summary>
internal static class ReadRights
{
    /// <summary>What is lacking to read columns; null for nothing.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="server">Its server.</param>
    /// <param name="name">The table.</param>
    /// <param name="columns">The columns; none for any.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<MillraceException?> MissingAsync(MySqlConnection connection, MySqlServer server, TableName name, IEnumerable<string> columns, CancellationToken cancellation)
    {
        var place = new ErrorPlace { Stream = name.ToString() };
        string[] wanted = [.. columns.Distinct(StringComparer.Ordinal)];
        try
        {
            await connection.ExecuteAsync($"SELECT {(wanted.Length == 0 ? "1" : TableName.QuoteAll(wanted))} FROM {name.Sql} LIMIT 0", cancellation).ConfigureAwait(false);
            return null;
        }
        catch (ServerException e) when (e.Number is 1142 or 1143 or 1044)
        {
            string user = await UserAsync(connection, cancellation).ConfigureAwait(false);
            string what = e.Number == 1143 ? $"SELECT ({TableName.QuoteAll(wanted)})" : "SELECT";
            return MySqlErrors.NoRight.Error($"The user {user} may not read {(e.Number == 1143 ? $"all of {string.Join(", ", wanted)} of " : "")}{name}.", place, $"GRANT {what} ON {name.Sql} TO {user};");
        }
        catch (ServerException e) when (e.Number is not 1146 and not 1049)
        {
            return MySqlFaults.OnStatement(e, server, place);
        }
        catch (ServerException)
        {
            return null;
        }
    }

    /// <summary>The user as the server sees it, in SQL.</summary>
    public static async ValueTask<string> UserAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        string user = (await connection.ScalarAsync("SELECT CURRENT_USER()", cancellation).ConfigureAwait(false))!;
        int at = user.LastIndexOf('@');
        return $"{SqlText.Literal(user[..at])}@{SqlText.Literal(user[(at + 1)..])}";
    }
}
