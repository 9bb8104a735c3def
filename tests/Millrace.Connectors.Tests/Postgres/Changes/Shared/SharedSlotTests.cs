using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres.Changes;

/// <summary>Two tables that share a slot and its stream: what happens to one when the stream has to begin anew for the other.</summary>
[Trait("speed", "slow")]
public sealed class SharedSlotTests : IAsyncLifetime
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly SharedReads _shared = new(["public.a", "public.b"]) { Parallel = 2 };
    private readonly string _database;
    private readonly string _role;

    public SharedSlotTests()
    {
        _database = _server.NewDatabase();
        _role = $"reader_{_database}";
        Sql($"CREATE ROLE {_role} LOGIN REPLICATION");
        Sql($"GRANT CREATE ON DATABASE {_database} TO {_role}");
        foreach (string table in new[] { "a", "b" })
        {
            Sql($"CREATE TABLE public.{table} (id int PRIMARY KEY, v text); INSERT INTO public.{table} VALUES (1, 'loaded'); ALTER TABLE public.{table} OWNER TO {_role}");
        }
    }

    private static TimeSpan Patience => TimeSpan.FromMinutes(1);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _shared.DisposeAsync();
        Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");
        Sql("DROP TABLE public.a, public.b");
        Sql($"DROP OWNED BY {_role}; DROP ROLE {_role}");
    }

    [Fact]
    public async Task A_stream_that_cannot_begin_anew_for_one_table_fails_for_the_other_and_both_go_on_later()
    {
        ChangePulls a = Pulls("a");
        ChangePulls b = Pulls("b");
        await using (PostgresSource first = a.Open())
        await using (PostgresSource second = b.Open())
        {
            await LoadAsync(a, first);
            await LoadAsync(b, second);

            // What is new in one table is past when it begins to read.
            Sql("INSERT INTO public.b VALUES (2, 'past')");
            Sql("INSERT INTO public.a VALUES (2, 'read')");
            await a.FollowAsync(first, 2).WaitAsync(Patience, TestContext.Current.CancellationToken);
            Sql($"ALTER ROLE {_role} NOREPLICATION");
            await Assert.ThrowsAsync<MillraceException>(() => b.FollowAsync(second, 2));
            Sql("INSERT INTO public.a VALUES (3, 'late')");
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => a.FollowAsync(first, 3).WaitAsync(Patience, TestContext.Current.CancellationToken));
            Assert.Equal(PostgresErrors.NoRight.Id, error.Code.Id);
        }

        Sql($"ALTER ROLE {_role} REPLICATION");
        await using (PostgresSource first = a.Open())
        await using (PostgresSource second = b.Open())
        {
            await a.FollowAsync(first, 3).WaitAsync(Patience, TestContext.Current.CancellationToken);
            await b.FollowAsync(second, 2).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["I 1 loaded", "I 2 read", "I 3 late"], ChangePulls.Brief(a.Rows));
        Assert.Equal(["I 1 loaded", "I 2 past"], ChangePulls.Brief(b.Rows));
    }

    [Fact]
    public async Task A_slot_that_lasts_as_long_as_its_stream_waits_for_all_tables()
    {
        ChangePulls a = Pulls("a", keepsProgress: false);
        ChangePulls b = Pulls("b", keepsProgress: false);
        await using PostgresSource first = a.Open();
        await using PostgresSource second = b.Open();
        await LoadAsync(a, first);
        await LoadAsync(b, second);
        Sql("INSERT INTO public.b VALUES (2, 'early')");
        Sql("INSERT INTO public.a VALUES (2, 'later')");

        Task all = a.FollowAsync(first, 2);
        await Task.WhenAny(all, Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken));
        Assert.False(all.IsCompleted);
        await b.FollowAsync(second, 2).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await all.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(["I 1 loaded", "I 2 later"], ChangePulls.Brief(a.Rows));
        Assert.Equal(["I 1 loaded", "I 2 early"], ChangePulls.Brief(b.Rows));
    }

    [Fact]
    public async Task A_table_that_gives_up_is_not_waited_for()
    {
        ChangePulls a = Pulls("a", keepsProgress: false);
        await using PostgresSource first = a.Open();
        await LoadAsync(a, first);
        Sql("INSERT INTO public.a VALUES (2, 'later')");

        Task all = a.FollowAsync(first, 2);
        await _shared.EndAsync("public.b");
        await all.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(2, a.Rows.Count);
    }

    private static Task LoadAsync(ChangePulls pulls, PostgresSource source) => pulls.FollowAsync(source, 1).WaitAsync(Patience, TestContext.Current.CancellationToken);

    private ChangePulls Pulls(string table, bool keepsProgress = true)
        => new(_server, _database, $"public.{table}") { Shared = _shared, KeepsProgress = keepsProgress, Options = o => o with { User = _role } };

    private void Sql(string sql) => _server.Sql(_database, sql);
}
