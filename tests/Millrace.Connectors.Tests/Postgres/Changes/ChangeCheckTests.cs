using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres.Changes;

/// <summary>What a check says before changes are read: each thing that is needed is taken away, and given back by the statement of the hint.</summary>
[Trait("speed", "slow")]
public sealed class ChangeCheckTests
{
    private static readonly Lazy<PostgresTestServer> Own = new(PostgresTestServer.DemandOwn);
    private static int _users;

    private readonly PostgresTestServer _server = Own.Value;
    private readonly string _database;
    private readonly string _user;

    public ChangeCheckTests()
    {
        _database = _server.NewDatabase();
        _user = $"reader_{Interlocked.Increment(ref _users)}";
        Sql($"CREATE ROLE {_user} LOGIN REPLICATION; CREATE TABLE public.t (id int PRIMARY KEY, v text); ALTER TABLE public.t OWNER TO {_user}; GRANT CREATE ON DATABASE {_database} TO {_user}");
    }

    [Fact]
    public async Task All_is_well_when_nothing_is_lacking_and_nothing_is_made()
    {
        CheckReport report = await CheckAsync();
        Assert.True(report.Ok, string.Join("\n", report.Findings.Where(f => !f.Ok).Select(f => f.Error!.Describe())));
        Assert.Equal(
            ["kind of table", "replica identity", "version of the server", "wal_level", "right to replicate", "replication slots", "streams of the server", "right to read the rows that are there", "publication", "connect for replication"],
            report.Findings.Select(f => f.Subject));
        Assert.Equal("0|0", Sql($"SELECT (SELECT count(*) FROM pg_publication), (SELECT count(*) FROM pg_replication_slots WHERE database = '{_database}')"));
    }

    [Theory]
    [InlineData("ALTER ROLE {user} NOREPLICATION", "right to replicate", "ALTER ROLE \"{user}\" REPLICATION;")]
    [InlineData("REVOKE CREATE ON DATABASE {db} FROM {user}", "publication", "GRANT CREATE ON DATABASE \"{db}\" TO \"{user}\";")]
    [InlineData("ALTER TABLE public.t OWNER TO millrace; GRANT SELECT ON public.t TO {user}", "publication", "GRANT millrace TO \"{user}\";")]
    [InlineData("REVOKE SELECT ON public.t FROM {user}", "right to read the rows that are there", "GRANT SELECT ON \"public\".\"t\" TO \"{user}\";")]
    [InlineData("REVOKE USAGE ON SCHEMA public FROM public", "right to read the rows that are there", "GRANT USAGE ON SCHEMA \"public\" TO \"{user}\";")]
    [InlineData("ALTER TABLE public.t REPLICA IDENTITY NOTHING", "replica identity", "ALTER TABLE \"public\".\"t\" REPLICA IDENTITY DEFAULT;")]
    [InlineData("ALTER TABLE public.t DROP CONSTRAINT t_pkey", "replica identity", "ALTER TABLE \"public\".\"t\" REPLICA IDENTITY FULL;")]
    [InlineData("CREATE PUBLICATION mine", "publication", "ALTER PUBLICATION \"mine\" ADD TABLE \"public\".\"t\";")]
    [InlineData("CREATE PUBLICATION mine FOR TABLE public.t WITH (publish = 'insert')", "publication", "ALTER PUBLICATION \"mine\" SET (publish = 'insert, update, delete, truncate');")]
    public async Task What_is_taken_away_is_named_and_the_statement_of_the_hint_brings_it_back(string take, string subject, string give)
    {
        string? publication = take.Contains("PUBLICATION mine", StringComparison.Ordinal) ? "mine" : null;
        Sql(Fill(take));
        CheckFinding finding = Assert.Single((await CheckAsync(publication)).Findings, f => !f.Ok);
        Assert.Equal(subject, finding.Subject);
        Assert.Contains(Fill(give), finding.Error!.Hint, StringComparison.Ordinal);

        Sql(Fill(give));
        CheckReport report = await CheckAsync(publication);
        Assert.True(report.Ok, string.Join("\n", report.Findings.Where(f => !f.Ok).Select(f => f.Error!.Describe())));
    }

    [Fact]
    public async Task A_server_without_logical_log_or_a_free_slot_or_stream_is_told_with_the_setting()
    {
        try
        {
            _server.RestartWith("wal_level=replica", "max_replication_slots=0", "max_wal_senders=0");
            CheckFinding[] lacking = [.. (await CheckAsync()).Findings.Where(f => !f.Ok)];
            Assert.Equal(["wal_level", "replication slots", "streams of the server"], lacking.Select(f => f.Subject));
            Assert.Contains("ALTER SYSTEM SET wal_level = logical;", lacking[0].Error!.Hint, StringComparison.Ordinal);
            Assert.Contains("ALTER SYSTEM SET max_replication_slots", lacking[1].Error!.Hint, StringComparison.Ordinal);
            Assert.Contains("ALTER SYSTEM SET max_wal_senders", lacking[2].Error!.Hint, StringComparison.Ordinal);
        }
        finally
        {
            _server.RestartWith();
        }
    }

    [Fact]
    public async Task A_table_of_several_is_checked_with_the_publication_that_they_share()
    {
        var context = new ConnectorContext { Job = "check/public.t", Group = new JobGroup("check", "there") };
        CheckFinding made = await PublicationAsync();
        string name = made.Detail.Split('\'')[1];
        Assert.StartsWith("millrace_check_", name, StringComparison.Ordinal);
        Sql($"CREATE PUBLICATION {name}");
        Assert.Equal($"the job will add the table to '{name}'", (await PublicationAsync()).Detail);

        async Task<CheckFinding> PublicationAsync()
        {
            var options = new PostgresSourceOptions { Host = "127.0.0.1", Port = _server.Port, Database = _database, User = _user };
            await using var source = new PostgresSource(options, context);
            return (await source.CheckReadAsync(new ReadRequest { Stream = "public.t", Mode = ReadMode.Cdc }, default)).Findings.Single(f => f.Subject == "publication");
        }
    }

    [Fact]
    public async Task A_view_has_no_changes_and_a_partitioned_table_has()
    {
        Sql("CREATE VIEW public.w AS SELECT 1 AS id; CREATE TABLE public.p (id int PRIMARY KEY) PARTITION BY RANGE (id)");
        Sql($"ALTER TABLE public.p OWNER TO {_user}; GRANT SELECT ON public.w TO {_user}");
        Assert.Contains((await CheckAsync(table: "public.w")).Findings, f => !f.Ok && f.Subject == "kind of table");
        Assert.True((await CheckAsync(table: "public.p")).Ok);
    }

    private async Task<CheckReport> CheckAsync(string? publication = null, string table = "public.t")
    {
        var options = new PostgresSourceOptions { Host = "127.0.0.1", Port = _server.Port, Database = _database, User = _user, Publication = publication };
        await using var source = new PostgresSource(options, new ConnectorContext { Job = "check" });
        return await source.CheckReadAsync(new ReadRequest { Stream = table, Mode = ReadMode.Cdc }, default);
    }

    private string Fill(string text) => text.Replace("{user}", _user, StringComparison.Ordinal).Replace("{db}", _database, StringComparison.Ordinal);

    private string Sql(string sql) => _server.Sql(_database, sql);
}
