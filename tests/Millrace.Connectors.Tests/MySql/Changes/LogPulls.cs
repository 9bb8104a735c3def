using Millrace.Connectors.MySql;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.MySql.Changes;

/// <summary>Reads the changes of a table of MariaDB again and again as a job does.</summary>
internal sealed class LogPulls(MariaDbTestServer server, string database, string table = "t") : PulledChanges($"{database}.{table}")
{
    public Func<MySqlSourceOptions, MySqlSourceOptions> Options { get; set; } = static o => o;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public bool Locks { get; init; }

    public MySqlSource Open() => new(
        Options(new MySqlSourceOptions { Host = "127.0.0.1", Port = server.Port, Database = database, User = MariaDbTestServer.User, Heartbeat = TimeSpan.FromSeconds(1) }),
        new ConnectorContext { Job = Job, Target = database, Note = Notes.Add, Time = Time })
    {
        LocksForMoment = Locks,
    };

    protected override ISource OpenSource() => Open();
}
