using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>Two runs of a job that write one table at a time.</summary>
[Trait("speed", "slow")]
public class MySqlTakeoverTests
{
    private static readonly ConnectorContext Context = new() { Job = "orders" };

    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly string _database;

    public MySqlTakeoverTests() => _database = _server.NewDatabase();

    [Fact]
    public async Task A_commit_that_a_run_did_not_see_when_it_looked_is_not_written_a_second_time()
    {
        await using ISink late = Open();
        Assert.Null(await late.RecoverAsync(default));
        await using (ISink first = Open())
        {
            await first.RecoverAsync(default);
            await CommitAsync(first, token: 1, epoch: 1);
        }

        var error = await Assert.ThrowsAsync<MillraceException>(() => CommitAsync(late, token: 2, epoch: 1));
        Assert.Equal(MySqlErrors.Passing, error.Code);
        Assert.Equal("1", _server.Sql(_database, "SELECT GROUP_CONCAT(id) FROM orders"));

        await using ISink again = Open();
        Assert.Equal(1, (await again.RecoverAsync(default))?.Epoch);
        await CommitAsync(again, token: 3, epoch: 2);
        Assert.Equal("1,2", _server.Sql(_database, "SELECT GROUP_CONCAT(id ORDER BY id) FROM orders"));
    }

    [Fact]
    public async Task A_run_that_was_overtaken_commits_nothing_any_more()
    {
        await using ISink old = Open();
        await old.RecoverAsync(default);
        var schema = new Schema([new Field("id", DataType.Int64)]);
        await old.EnsureSchemaAsync(schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await old.OpenWriterAsync(new SinkRequest { Schema = schema, RunId = "old", FencingToken = 1 }, default);
        using RecordBatch rows = Batch(schema, 1);
        await writer.WriteAsync(rows, default);
        await using (ISink taker = Open())
        {
            await taker.RecoverAsync(default);
            await CommitAsync(taker, token: 2, epoch: 1);
        }

        var error = await Assert.ThrowsAsync<MillraceException>(async () => await writer.CommitAsync(CheckpointOf(1, 1), default));
        Assert.Equal(ProgressErrors.Fenced, error.Code);
        Assert.Equal("1", _server.Sql(_database, "SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task Progress_is_not_moved_by_somebody_whom_a_later_run_has_overtaken()
    {
        await using ISink sink = Open();
        await sink.RecoverAsync(default);
        await CommitAsync(sink, token: 7, epoch: 1);
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await sink.Commits!.AmendAsync(CheckpointOf(2, 6), long.MaxValue, default));
        Assert.Equal(ProgressErrors.Fenced, error.Code);
        await sink.Commits!.AmendAsync(CheckpointOf(2, 8), long.MaxValue, default);
        Assert.Equal([1, 2], (await sink.Commits!.ListAsync(default)).Select(e => e.Checkpoint.Epoch));
    }

    private static async Task CommitAsync(ISink sink, long token, long epoch)
    {
        var schema = new Schema([new Field("id", DataType.Int64)]);
        await sink.EnsureSchemaAsync(schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = schema, RunId = $"run-{token}", FencingToken = token }, default);
        using RecordBatch rows = Batch(schema, epoch);
        await writer.WriteAsync(rows, default);
        await writer.CommitAsync(CheckpointOf(epoch, token), default);
    }

    private static RecordBatch Batch(Schema schema, long id)
    {
        using var ids = new FixedBuilder<long>(DataType.Int64);
        ids.Append(id);
        return new RecordBatch(schema, 1, ids.Build());
    }

    private static Checkpoint CheckpointOf(long epoch, long token) => new() { Job = Context.Job, Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = token };

    private ISink Open() => new MySqlConnector().OpenSink(
        new MySqlTargetOptions { Host = "127.0.0.1", Port = _server.Port, Database = _database, User = MariaDbTestServer.User, Table = "orders" }, Context);
}
