namespace Millrace.Connectors.Tests.Databases;

/// <summary>Two runs of a job that write one table at a time.</summary>
public abstract class TakeoverTests(Dialect dialect) : DatabaseTests(dialect)
{
    private static readonly ConnectorContext Context = new() { Job = "orders" };
    private static readonly Schema Schema = new([new Field("id", DataType.Int64)]);

    [Fact]
    public async Task A_commit_that_a_run_did_not_see_when_it_looked_is_not_written_a_second_time()
    {
        await using ISink late = OpenSink();
        Assert.Null(await late.RecoverAsync(default));
        await using (ISink first = OpenSink())
        {
            await first.RecoverAsync(default);
            await CommitAsync(first, token: 1, epoch: 1);
        }

        var error = await Assert.ThrowsAsync<MillraceException>(() => CommitAsync(late, token: 2, epoch: 1));
        Assert.Equal(($"{Dialect.Errors}08", ErrorClass.Retryable), (error.Code.Id, error.Code.Class));
        Assert.Equal("1", Ids());

        await using ISink again = OpenSink();
        Assert.Equal(1, (await again.RecoverAsync(default))?.Epoch);
        await CommitAsync(again, token: 3, epoch: 2);
        Assert.Equal("1\n2", Ids());
    }

    [Fact]
    public async Task A_run_that_was_overtaken_commits_nothing_any_more()
    {
        await using ISink old = OpenSink();
        await old.RecoverAsync(default);
        await old.EnsureSchemaAsync(Schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await old.OpenWriterAsync(new SinkRequest { Schema = Schema, RunId = "old", FencingToken = 1 }, default);
        using RecordBatch rows = Batch(1);
        await writer.WriteAsync(rows, default);
        await using (ISink taker = OpenSink())
        {
            await taker.RecoverAsync(default);
            await CommitAsync(taker, token: 2, epoch: 1);
        }

        var error = await Assert.ThrowsAsync<MillraceException>(async () => await writer.CommitAsync(CheckpointOf(1, 1), default));
        Assert.Equal(ProgressErrors.Fenced, error.Code);
        Assert.Equal("1", Ids());
    }

    [Fact]
    public async Task Progress_is_not_moved_by_somebody_whom_a_later_run_has_overtaken()
    {
        await using ISink sink = OpenSink();
        await sink.RecoverAsync(default);
        await CommitAsync(sink, token: 7, epoch: 1);
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await sink.Commits!.AmendAsync(CheckpointOf(2, 6), long.MaxValue, default));
        Assert.Equal(ProgressErrors.Fenced, error.Code);
        await sink.Commits!.AmendAsync(CheckpointOf(2, 8), long.MaxValue, default);
        Assert.Equal([1, 2], (await sink.Commits!.ListAsync(default)).Select(e => e.Checkpoint.Epoch));
    }

    private static async Task CommitAsync(ISink sink, long token, long epoch)
    {
        await sink.EnsureSchemaAsync(Schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = Schema, RunId = $"run-{token}", FencingToken = token }, default);
        using RecordBatch rows = Batch(epoch);
        await writer.WriteAsync(rows, default);
        await writer.CommitAsync(CheckpointOf(epoch, token), default);
    }

    private static RecordBatch Batch(long id)
    {
        using var ids = new FixedBuilder<long>(DataType.Int64);
        ids.Append(id);
        return new RecordBatch(Schema, 1, ids.Build());
    }

    private static Checkpoint CheckpointOf(long epoch, long token) => new() { Job = Context.Job, Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = token };

    private string Ids() => Sql($"SELECT id FROM {Dialect.Table("orders")} ORDER BY id");

    private ISink OpenSink() => Dialect.Connector.OpenSink(Dialect.Target(Server.Port, Database, Dialect.Table("orders")), Context);
}

[Trait("speed", "slow")]
public sealed class PostgresTakeoverTests() : TakeoverTests(Dialect.Postgres);

[Trait("speed", "slow")]
public sealed class MySqlTakeoverTests() : TakeoverTests(Dialect.MySql);
