namespace Millrace.Connectors.Tests.Databases;

/// <summary>What a run is told when the server, or the table, is not what it was.</summary>
public abstract class BadDaysTests(Dialect dialect) : DatabaseTests(dialect)
{
    // Far more than one batch.
    private const int Many = 300_000;

    [Fact]
    public Task A_server_that_restarts_in_the_middle_is_worth_another_attempt_which_reads_everything() => LeakCheck.RunAsync(async () =>
    {
        DatabaseTestServer own = Dialect.DemandOwn();
        string database = own.NewDatabase();
        own.Sql(database, Dialect.CreateGatedView(Dialect.Table("t"), Many));
        await using ISource source = Open(own, database, "t");
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () =>
        {
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
            await using ISplitReader reader = await plan.OpenAsync((await PlanReading.SplitsAsync(plan))[0], null, FailOnRowError.Instance, default);
            (await reader.ReadAsync(default))!.Value.Batch.Dispose();
            own.Restart();
            await ReadToEndAsync(reader, default);
        });

        Assert.Equal(ErrorClass.Retryable, e.Code.Class);
        own.Sql(database, $"DELETE FROM {Dialect.Table("gate")}");
        await using IReadPlan again = await PlanAgainAsync(source);
        Assert.Equal(Many, (await PlanReading.ReadAllAsync(again)).Count);
    });

    [Fact]
    public async Task A_table_that_is_dropped_before_it_is_read_is_unknown()
    {
        Sql($"CREATE TABLE {Dialect.Table("t")} (id int)");
        await using ISource source = Open();
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        Sql($"DROP TABLE {Dialect.Table("t")}");

        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => PlanReading.ReadAllAsync(plan));
        Assert.Equal($"{Dialect.Errors}04", e.Code.Id);
    }

    [Fact]
    public async Task A_table_stays_as_it_is_while_it_is_read()
    {
        string table = Dialect.Table("t");
        Sql($"CREATE TABLE {table} (id int); INSERT INTO {table} VALUES (1)");
        await using ISource source = Open();
        await using (IReadPlan plan = await source.PlanAsync(new ReadRequest(), default))
        {
            Assert.Single(await PlanReading.ReadAllAsync(plan));
            InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => Sql($"{Dialect.NoLockWait}; DROP TABLE {table}"));
            Assert.Matches("(?i)lock (wait )?timeout", e.Message);
        }

        Sql($"DROP TABLE {table}");
    }

    [Fact]
    public async Task A_read_that_is_given_up_leaves_no_statement_on_the_server()
    {
        Sql(Dialect.CreateGatedView(Dialect.Table("t"), Many));
        await using (ISource source = Open())
        {
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
            using var stop = new CancellationTokenSource();
            await using ISplitReader reader = await plan.OpenAsync((await PlanReading.SplitsAsync(plan))[0], null, FailOnRowError.Instance, stop.Token);
            (await reader.ReadAsync(stop.Token))!.Value.Batch.Dispose();
            Assert.Contains("SELECT", Sql(Dialect.Sessions), StringComparison.Ordinal);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadToEndAsync(reader, stop.Token));
        }

        AssertSessionsEnd();
    }

    [Fact]
    public async Task A_statement_that_does_not_answer_is_ended_on_the_server_when_it_is_cancelled()
    {
        Sql(Dialect.CreateSlowView(Dialect.Table("t")));
        using var stop = new CancellationTokenSource();
        await using (ISource source = Open())
        {
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
            Split split = (await PlanReading.SplitsAsync(plan))[0];
            Task<ISplitReader> opening = plan.OpenAsync(split, null, FailOnRowError.Instance, stop.Token).AsTask();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await using ISplitReader reader = await opening;
                await ReadToEndAsync(reader, stop.Token);
            });
        }

        AssertSessionsEnd();
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_unknown_with_the_nearest_name()
    {
        Sql($"CREATE TABLE {Dialect.Table("orders")} (id int)");
        await using ISource source = Open("order");
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => source.PlanAsync(new ReadRequest(), default).AsTask());
        Assert.Equal($"{Dialect.Errors}04", e.Code.Id);
        Assert.Contains(".orders", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_cannot_be_reached()
    {
        await using ISource source = Dialect.Connector.OpenSource(Dialect.Source(1, Database, Dialect.Table("t")), new ConnectorContext { Job = "bad" });
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => source.PlanAsync(new ReadRequest(), default).AsTask());
        Assert.Equal(($"{Dialect.Errors}01", ErrorClass.Retryable), (e.Code.Id, e.Code.Class));
        Assert.False((await source.CheckAsync(default)).Ok);
    }

    [Fact]
    public Task A_server_that_restarts_in_the_middle_of_a_load_has_nothing_of_it_and_takes_it_later() => LeakCheck.RunAsync(async () =>
    {
        DatabaseTestServer own = Dialect.DemandOwn();
        string database = own.NewDatabase();
        string table = Dialect.Table("t");
        own.Sql(database, $"CREATE TABLE {table} (id bigint)");
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(own.Port, database, own.Restart, default));
        Assert.Equal(ErrorClass.Retryable, e.Code.Class);
        Assert.Equal("0", own.Sql(database, $"SELECT count(*) FROM {table}"));

        await WriteAsync(own.Port, database, static () => { }, default);
        Assert.Equal("1\n2\n3", own.Sql(database, $"SELECT id FROM {table} ORDER BY id"));
    });

    [Fact]
    public async Task A_load_that_is_stopped_leaves_no_statement_on_the_server()
    {
        string table = Dialect.Table("t");
        Sql($"CREATE TABLE {table} (id bigint)");
        Sql(Dialect.SlowDown(table));
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(() => WriteAsync(Server.Port, Database, static () => { }, stop.Token), TestContext.Current.CancellationToken);
        string running = "";
        for (int i = 0; i < 300 && !writing.IsCompleted && !System.Text.RegularExpressions.Regex.IsMatch(running, "(?i)copy|load data|insert"); i++)
        {
            running = Sql(Dialect.Sessions);
        }

        Assert.False(writing.IsCompleted, $"{writing.Exception}");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        AssertSessionsEnd();
        Assert.Equal("0", Sql($"SELECT count(*) FROM {table}"));
    }

    // Three rows in two batches, with something between them.
    private async Task WriteAsync(int port, string database, Action between, CancellationToken cancellation)
    {
        var schema = new Schema([new Field("id", DataType.Int64)]);
        await using ISink sink = Dialect.Connector.OpenSink(Dialect.Target(port, database, Dialect.Table("t")), new ConnectorContext { Job = "bad" });
        await sink.RecoverAsync(cancellation);
        await sink.EnsureSchemaAsync(schema, SchemaEvolution.Evolve, cancellation);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = schema, RunId = "run", FencingToken = 1 }, cancellation);
        foreach (long[] part in new long[][] { [1, 2], [3] })
        {
            using var ids = new FixedBuilder<long>(DataType.Int64);
            foreach (long id in part)
            {
                ids.Append(id);
            }

            using var rows = new RecordBatch(schema, part.Length, ids.Build());
            await writer.WriteAsync(rows, cancellation);
            between();
        }

        await writer.FlushAsync(cancellation);
        await writer.CommitAsync(new Checkpoint { Job = "bad", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 }, cancellation);
    }

    private static async Task ReadToEndAsync(ISplitReader reader, CancellationToken cancellation)
    {
        while (await reader.ReadAsync(cancellation) is { } read)
        {
            read.Batch.Dispose();
        }
    }

    // The first connections after a restart may still be those that died.
    private static async Task<IReadPlan> PlanAgainAsync(ISource source)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                return await source.PlanAsync(new ReadRequest(), default);
            }
            catch (MillraceException e) when (e.Code.Class == ErrorClass.Retryable && i < 5)
            {
            }
        }
    }

    // The server takes a moment to notice that its clients have gone.
    private void AssertSessionsEnd()
    {
        string left = "-";
        for (int i = 0; i < 300 && left.Length > 0; i++)
        {
            left = Sql(Dialect.Sessions);
        }

        Assert.Equal("", left);
    }
}

[Trait("speed", "slow")]
public sealed class PostgresBadDaysTests() : BadDaysTests(Dialect.Postgres);

[Trait("speed", "slow")]
public sealed class MySqlBadDaysTests() : BadDaysTests(Dialect.MySql);
