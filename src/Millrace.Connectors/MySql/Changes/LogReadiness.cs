using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>What a server and a user need so that changes of a table can be read. Nothing is changed by looking.</summary>
internal sealed class LogReadiness
{
    private const uint Denied = 1227;

    private static readonly string[] Names = ["log_bin", "binlog_format", "binlog_row_image", "binlog_row_metadata", "binlog_transaction_compression", "binlog_row_value_options", "lower_case_table_names", "log_slave_updates"];

    private readonly MySqlConnection _connection;
    private readonly TableInfo _table;
    private readonly Dictionary<string, string> _settings;
    private readonly string _user;
    private readonly ErrorPlace _place;

    private LogReadiness(MySqlConnection connection, TableInfo table, Dictionary<string, string> settings, string user)
    {
        _connection = connection;
        _table = table;
        _settings = settings;
        _user = user;
        _place = new ErrorPlace { Stream = table.Name.ToString() };
    }

    public bool IgnoresCase => _settings.GetValueOrDefault("lower_case_table_names") is not (null or "0");

    public static async ValueTask<LogReadiness> FindAsync(MySqlConnection connection, TableInfo table, CancellationToken cancellation)
    {
        List<string?[]> rows = await connection.QueryAsync($"SHOW GLOBAL VARIABLES WHERE Variable_name IN ({SqlText.List(Names)})", cancellation).ConfigureAwait(false);
        var settings = rows.ToDictionary(r => r[0]!.ToLowerInvariant(), r => r[1] ?? "", StringComparer.Ordinal);
        return new LogReadiness(connection, table, settings, await ReadRights.UserAsync(connection, cancellation).ConfigureAwait(false));
    }

    /// <summary>Fails with the first thing that is lacking.</summary>
    public async ValueTask RequireAsync(CancellationToken cancellation)
    {
        if ((await FindingsAsync(cancellation).ConfigureAwait(false)).Find(f => !f.Ok) is { } lacking)
        {
            throw lacking.Error!;
        }
    }

    /// <summary>One for each thing that is needed, but for the right to read the log, which only reading shows.</summary>
    public async ValueTask<List<CheckFinding>> FindingsAsync(CancellationToken cancellation)
    {
        var findings = new List<CheckFinding> { Kind() };
        findings.Add(Setting("log_bin", v => v is "ON" or "1", "Set `log_bin` in the server's configuration, and restart it.", "ON"));
        findings.Add(Setting("binlog_format", v => v == "ROW", "SET GLOBAL binlog_format = ROW; and in the server's configuration. Sessions that are open keep what they have.", "ROW"));
        findings.Add(Setting("binlog_row_image", v => v is "FULL" or "FULL_NODUP", "SET GLOBAL binlog_row_image = FULL; and in the server's configuration.", "FULL"));
        findings.Add(Setting("binlog_row_metadata", v => v == "FULL", "SET GLOBAL binlog_row_metadata = FULL; and in the server's configuration. Servers have it since MariaDB 10.5 and MySQL 8.0.", "FULL"));
        if (_settings.ContainsKey("binlog_transaction_compression"))
        {
            findings.Add(Setting("binlog_transaction_compression", v => v is "OFF" or "0", "SET GLOBAL binlog_transaction_compression = OFF;", "OFF"));
            findings.Add(Setting("binlog_row_value_options", v => v.Length == 0, "SET GLOBAL binlog_row_value_options = '';", "''"));
        }

        findings.Add(await StatusAsync(cancellation).ConfigureAwait(false));
        if (await FollowsSilentlyAsync(cancellation).ConfigureAwait(false))
        {
            findings.Add(CheckFinding.Fail("log_slave_updates", LogErrors.NotReady.Error("The server is a replica and does not log what it applies: `log_slave_updates` is off.", _place, "Set `log_slave_updates = ON` in its configuration, and restart it; or name the host of its primary.")));
        }

        return findings;
    }

    /// <summary>Tries to read the log, as a reader of a number that nobody else has.</summary>
    public async ValueTask<CheckFinding> TryAsync(MySqlServer server, CancellationToken cancellation)
    {
        const string subject = "right to read the binary log";
        try
        {
            LogPosition end = await LogEnd.RequireAsync(_connection, _place, cancellation).ConfigureAwait(false);
            MySqlConnection connection = await server.OpenAsync(TimeSpan.FromSeconds(30), cancellation).ConfigureAwait(false);
            using LogConnection log = await connection.RunAsync(() => LogConnection.Open(connection, LogNumber.Any(), end, gtids: null, TimeSpan.FromSeconds(10)), cancellation).ConfigureAwait(false);
            await connection.RunAsync(() => log.Read().Length, cancellation).ConfigureAwait(false);
            return CheckFinding.Pass(subject, $"stands at {end}");
        }
        catch (ServerException e) when (e.Number is Denied or 1045)
        {
            return CheckFinding.Fail(subject, MySqlErrors.NoRight.Error($"The user {_user} may not read the binary log.", _place, $"GRANT REPLICATION SLAVE ON *.* TO {_user};", e));
        }
        catch (ServerException e)
        {
            return CheckFinding.Fail(subject, LogFaults.OnLog(e, server, default, 0, _place));
        }
        catch (MillraceException e)
        {
            return CheckFinding.Fail(subject, e);
        }
    }

    private CheckFinding Kind()
        => _table.IsView
            ? CheckFinding.Fail("kind of the table", LogErrors.NotForChanges.Error($"{_table.Name} is a view, and only tables have changes.", _place, "Name the tables behind it, each in a job of its own."))
            : CheckFinding.Pass("kind of the table", _table.Key.Count == 0 ? "no primary key: updates come as rows that go and rows that come" : $"primary key {string.Join(", ", _table.Key)}");

    // Only MariaDB says how many threads apply what others log, and only there that is not logged by default.
    private async ValueTask<bool> FollowsSilentlyAsync(CancellationToken cancellation)
        => _settings.GetValueOrDefault("log_slave_updates") is "OFF"
            && await _connection.QueryAsync("SHOW GLOBAL STATUS LIKE 'Slaves_running'", cancellation).ConfigureAwait(false) is [[_, not (null or "0")], ..];

    private CheckFinding Setting(string name, Func<string, bool> isFit, string hint, string wanted)
    {
        string? value = _settings.GetValueOrDefault(name);
        return value is not null && isFit(value)
            ? CheckFinding.Pass(name, value)
            : CheckFinding.Fail(name, LogErrors.NotReady.Error(value is null ? $"The server does not have `{name}`." : $"`{name}` of the server is {(value.Length == 0 ? "empty" : value)}; it has to be {wanted}.", _place, hint));
    }

    private async ValueTask<CheckFinding> StatusAsync(CancellationToken cancellation)
    {
        const string subject = "right to see the binary log";
        try
        {
            if (await LogEnd.FindAsync(_connection, cancellation).ConfigureAwait(false) is not { } end)
            {
                return CheckFinding.Fail(subject, LogErrors.NotReady.Error("The server writes no binary log.", _place, "Set `log_bin` in its configuration, and restart it."));
            }

            string database = _table.Name.Database;
            bool isLeftOut = (end.Only.Length > 0 && !end.Only.Split(',').Contains(database)) || end.Without.Split(',').Contains(database);
            return isLeftOut
                ? CheckFinding.Fail(subject, LogErrors.NotReady.Error($"The server does not log the database {database}.", _place, "Change `binlog_do_db` or `binlog_ignore_db` in its configuration, and restart it."))
                : CheckFinding.Pass(subject, end.Position.ToString());
        }
        catch (ServerException e) when (e.Number == Denied)
        {
            string right = _connection.IsMariaDb ? "BINLOG MONITOR" : "REPLICATION CLIENT";
            return CheckFinding.Fail(subject, MySqlErrors.NoRight.Error($"The user {_user} may not see how far the binary log is.", _place, $"GRANT {right} ON *.* TO {_user};", e));
        }
    }
}
