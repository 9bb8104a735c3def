using Millrace.Columnar;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>Two runs of a job that write one table at a time.</summary>
[Trait("speed", "slow")]
public sealed class PostgresTakeoverTests
{
    private static readonly ConnectorContext Context = new() { Job = "orders" };

    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;

    public PostgresTakeoverTests() => _database = _server.NewDatabase();

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
        Assert.Equal(PostgresErrors.Passing, error.Code);
        Assert.Equal("1", _server.Sql(_database, "SELECT string_agg(id::text, ',') FROM public.orders"));

        await using ISink again = Open();
        Assert.Equal(1, (await again.RecoverAsync(default))?.Epoch);
        await CommitAsync(again, token: 3, epoch: 2);
        Assert.Equal("1,2", _server.Sql(_database, "SELECT string_agg(id::text, ',' ORDER BY id) FROM public.orders"));
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
        using var ids = new FixedBuilder<long>(DataType.Int64);
        ids.Append(epoch);
        using var rows = new RecordBatch(schema, 1, ids.Build());
        await writer.WriteAsync(rows, default);
        await writer.CommitAsync(CheckpointOf(epoch, token), default);
    }

    private static Checkpoint CheckpointOf(long epoch, long token) => new() { Job = Context.Job, Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = token };

    private ISink Open() => new PostgresConnector().OpenSink(
        new PostgresTargetOptions { Host = "127.0.0.1", Port = _server.Port, Database = _database, User = PostgresTestServer.User, Table = "public.orders" }, Context);
}
