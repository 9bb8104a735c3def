namespace Millrace.Scenarios.Cli;

/// <summary>Somebody else writes the table of a job at the same time, so that one of the two has to give way.</summary>
[Trait("speed", "slow")]
public sealed class DeadlockTests : IDisposable
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;
    private readonly TempFolder _folder = new(inMemory: true);

    public DeadlockTests() => _database = _server.NewDatabase();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_merge_that_the_server_ends_for_a_deadlock_is_tried_again_and_writes_every_row_once()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text); INSERT INTO public.t VALUES (1, 'old'), (2, 'old'), (3, 'old')");
        _folder.Write("rows.csv", "id,v\n1,new\n2,new\n4,new\n");
        _folder.Write("job.yaml", $$"""
            name: deadlocked
            source: {connector: files, path: rows.csv}
            target: {connector: postgres, host: 127.0.0.1, port: {{_server.Port}}, database: {{_database}}, user: {{DatabaseTestServer.User}}, table: public.t, write: merge, key: id}
            failure: {retry: {attempts: 5, initial_delay: 10ms} }
            """);

        // Holds row 2 until the job, which has row 1, waits for it, and asks for row 1 then. The job waits longer, so it is the one that is ended.
        Task<string> other = Task.Run(() => Sql("""
            SET deadlock_timeout = '1min';
            BEGIN;
            UPDATE public.t SET v = 'other' WHERE id IN (2, 3);
            DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()) LOOP PERFORM pg_sleep(0.01); END LOOP; END $$;
            UPDATE public.t SET v = v || ' seen' WHERE id = 1;
            COMMIT
            """));
        MillraceResult result = await new MillraceProcess(_folder.Path).RunAsync("run", "job.yaml", "--json");
        await other;

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Contains("\"retries\":1", result.Output.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("40P01", result.Output + result.Errors, StringComparison.Ordinal);
        Assert.Equal("1|new\n2|new\n3|other\n4|new", Sql("SELECT * FROM public.t ORDER BY id"));
        Assert.Equal("1", Sql("SELECT count(*) FROM _millrace.checkpoint"));
    }

    private string Sql(string sql) => _server.Sql(_database, sql);
}
