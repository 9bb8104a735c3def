using Millrace.Connectors.Postgres;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.Postgres.Changes;

/// <summary>Reads the changes of a table of PostgreSQL again and again as a job does.</summary>
internal sealed class ChangePulls(PostgresTestServer server, string database, string table = "public.t") : PulledChanges(table)
{
    public Func<PostgresSourceOptions, PostgresSourceOptions> Options { get; set; } = static o => o;

    /// <summary>What it shares with the reads of other tables; null for nothing.</summary>
    public SharedReads? Shared { get; init; }

    public PostgresSource Open() => new(
        Options(new PostgresSourceOptions { Host = "127.0.0.1", Port = server.Port, Database = database, User = PostgresTestServer.User, Heartbeat = TimeSpan.FromMilliseconds(200) }),
        new ConnectorContext { Job = Job, Target = database, Note = Notes.Add, Shared = Shared, Group = Shared is null ? null : new JobGroup(Job, database) });

    protected override ISource OpenSource() => Open();
}
