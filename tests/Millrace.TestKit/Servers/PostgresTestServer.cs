using System.Diagnostics;
using System.Globalization;

namespace Millrace.TestKit;

/// <summary>A PostgreSQL server with logical replication.</summary>
public sealed class PostgresTestServer : DatabaseTestServer
{
    private const string SystemUser = "postgres";

    private static readonly Lazy<PostgresTestServer> Started = new(() => new PostgresTestServer());

    private readonly Process _process;

    private PostgresTestServer()
        : base("postgres", SystemUser)
    {
        Run([.. AsServer(Binary("initdb")), "-D", Data, "-A", "trust", "-U", User, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        _process = Launch([.. AsServer(Binary("postgres")), "-D", Data, .. Settings()]);
        WaitUntilReady();
    }

    /// <summary>Why there is no server; null when there is one.</summary>
    public static string? SkipReason { get; } = FindBinaries() is null ? "PostgreSQL is not installed (Debian: postgresql)" : null;

    private protected override string[] StopCommand => [.. AsServer(Binary("pg_ctl")), "stop", "-D", Data, "-m", "immediate", "-s"];

    /// <summary>The server, started at the first call of the process.</summary>
    public static PostgresTestServer Demand()
    {
        Demand(SkipReason);
        return Started.Value;
    }

    /// <summary>A server that no other test uses, for what would disturb them.</summary>
    public static PostgresTestServer DemandOwn()
    {
        Demand(SkipReason);
        return new PostgresTestServer();
    }

    public override void Restart() => Restart("immediate");

    /// <summary>Ends the server as a crash would; only one that no other test uses.</summary>
    public void Kill() => Run(StopCommand);

    /// <summary>Begins again after <see cref="Kill"/>, with what was committed before.</summary>
    public void Start()
    {
        Run([.. AsServer(Binary("pg_ctl")), "start", "-D", Data, "-w", "-s", "-l", Path.Combine(Folder, "log"), "-o", string.Join(' ', Settings())]);
        Sql("postgres", "SELECT 1");
    }

    /// <summary>Starts the server anew with other settings, until the next restart.</summary>
    public void RestartWith(params string[] settings) => Restart("fast", "-o", string.Join(' ', Settings(settings)));

    /// <summary>Demands passwords of everybody but the user of the tests.</summary>
    public void DemandPasswords()
    {
        File.WriteAllText(Path.Combine(Data, "pg_hba.conf"), $"host all {User} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
        Sql("postgres", "SELECT pg_reload_conf()");
    }

    public override string Location(string database) => string.Create(CultureInfo.InvariantCulture, $"postgres://{User}@127.0.0.1:{Port}/{database}");

    public override string Sql(string database, string sql)
        => Run(Binary("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", PortText, "-U", User, "-d", database, "-c", sql).TrimEnd('\n');

    private protected override void Create(string database, string options) => Sql("postgres", $"CREATE DATABASE {database} {options}");

    private void Restart(string mode, params string[] more)
    {
        Run([.. AsServer(Binary("pg_ctl")), "restart", "-D", Data, "-m", mode, "-w", "-s", "-l", Path.Combine(Folder, "log"), .. more]);
        WaitUntilReady();
    }

    private void WaitUntilReady() => WaitUntilReady(_process, () => Sql("postgres", "SELECT 1"));

    // Of two values of one setting the later counts.
    private string[] Settings(params string[] others) =>
    [
        "-p", PortText, "-k", Folder,
        "-c", "listen_addresses=127.0.0.1", "-c", "wal_level=logical", "-c", "fsync=off", "-c", "max_connections=200", "-c", "max_prepared_transactions=10",
        "-c", "max_wal_senders=40", "-c", "max_replication_slots=100", "-c", "logging_collector=off", .. others.SelectMany(o => new[] { "-c", o }),
    ];

    // The server refuses to be run by root.
    private static string[] AsServer(string program)
        => Environment.IsPrivilegedProcess ? ["runuser", "-u", SystemUser, "--", program] : [program];

    private static string Binary(string name) => Path.Combine(FindBinaries()!, name);

    private static string? FindBinaries()
    {
        IEnumerable<string> debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin"))
            : [];
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return debian.Concat(path).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "psql")));
    }
}
