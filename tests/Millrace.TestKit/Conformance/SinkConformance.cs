using System.Globalization;
using Millrace.Sdk;
using Xunit;

namespace Millrace.TestKit;

/// <summary>
/// What every sink has to do. An author derives a test class, says how to open the sink and how to read back what it wrote,
/// and inherits the tests; those of capabilities that the connector does not claim pass by being left out. The rows
/// have a bigint <c>id</c> and a varchar <c>name</c>.
/// </summary>
public abstract class SinkConformance
{
    private int _runs;

    /// <summary>The connector under test.</summary>
    protected abstract Connector Connector { get; }

    /// <summary>A bound instance of <see cref="Connector.SinkOptions"/>; every call leads to the same target, which is empty before the first run.</summary>
    protected abstract object CreateOptions();

    /// <summary>
    /// The rows that somebody else sees in the target now, as <see cref="ColumnText.Row"/> would give them:
    /// <c>{"id":1,"name":"row 1"}</c>.
    /// </summary>
    protected abstract Task<IReadOnlyList<string>> ReadBackAsync();

    protected virtual ConnectorContext Context { get; } = new() { Job = "conformance" };

    /// <summary>The schema of the rows that are written.</summary>
    protected static Schema Schema { get; } = new(new Field("id", DataType.Int64), new Field("name", DataType.Utf8));

    [Fact]
    public void Every_option_of_the_sink_has_a_description()
    {
        Assert.NotNull(Connector.SinkOptions);
        Assert.NotEmpty(Connector.Capabilities.WriteModes);
        ConnectorClaims.AssertDocumented(Connector, Connector.SinkOptions);
    }

    [Fact]
    public async Task The_guarantee_is_the_one_that_the_connector_claims()
    {
        await using ISink sink = Open();
        Assert.Equal(Connector.Capabilities.Guarantee, sink.Guarantee);
    }

    [Fact]
    public async Task A_check_finds_that_it_can_be_written_and_changes_nothing()
    {
        await using ISink sink = Open();
        CheckReport report = await sink.CheckAsync(default);
        Assert.True(report.Ok, string.Join("\n", report.Findings.Select(f => $"{f.Subject}: {f.Detail}")));
        Assert.Empty(await ReadBackAsync());
    }

    [Fact]
    public Task Rows_are_seen_after_the_commit_and_not_before() => LeakCheck.RunAsync(async () =>
    {
        await using (ISink sink = Open())
        {
            Assert.Null(await sink.RecoverAsync(default));
            await using ISinkWriter writer = await OpenWriterAsync(sink);
            await WriteAsync(writer, 0, 100);
            if (sink.Guarantee == DeliveryGuarantee.ExactlyOnce)
            {
                Assert.Empty(await ReadBackAsync());
            }

            CommitSummary summary = await writer.CommitAsync(CheckpointOf(1), default);
            Assert.Equal(100, summary.Rows);
            PlanReading.AssertSameRows(Rows(0, 100), await ReadBackAsync());
        }

        PlanReading.AssertSameRows(Rows(0, 100), await ReadBackAsync());
    });

    [Fact]
    public async Task The_checkpoint_is_committed_with_the_rows()
    {
        Checkpoint checkpoint = CheckpointOf(1) with
        {
            Watermark = DateTimeOffset.UnixEpoch.AddDays(3),
            Splits = new Dictionary<string, SplitProgress> { ["a/\"b\""] = new(new Position(new() { ["row"] = 12 }), false), ["c"] = new(null, true) },
        };
        bool commitsOnce;
        await using (ISink sink = Open())
        {
            commitsOnce = sink.CommitsOnce;
            await sink.RecoverAsync(default);
            await using ISinkWriter writer = await OpenWriterAsync(sink);
            await WriteAsync(writer, 0, 3);
            await writer.CommitAsync(checkpoint, default);
        }

        // Looking twice gives the same answer and changes nothing.
        for (int i = 0; i < 2; i++)
        {
            await using ISink sink = Open();
            Checkpoint? found = await sink.RecoverAsync(default);
            Assert.Equal(commitsOnce ? null : checkpoint.ToJson().ToJsonString(), found?.ToJson().ToJsonString());
            PlanReading.AssertSameRows(Rows(0, 3), await ReadBackAsync());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task What_was_not_committed_is_gone_after_an_abort_and_after_a_close(bool abort) => LeakCheck.RunAsync(async () =>
    {
        await using (ISink sink = Open())
        {
            await sink.RecoverAsync(default);
            await using ISinkWriter writer = await OpenWriterAsync(sink);
            await WriteAsync(writer, 0, 500);
            if (abort)
            {
                await writer.AbortAsync(default);
            }
        }

        await using (ISink sink = Open())
        {
            Assert.Null(await sink.RecoverAsync(default));
        }

        Assert.Empty(await ReadBackAsync());
    });

    [Fact]
    public async Task Rows_after_an_abort_belong_to_the_next_commit()
    {
        await using (ISink sink = Open())
        {
            await sink.RecoverAsync(default);
            await using ISinkWriter writer = await OpenWriterAsync(sink);
            await WriteAsync(writer, 0, 50);
            await writer.AbortAsync(default);
            await WriteAsync(writer, 100, 50);
            await writer.CommitAsync(CheckpointOf(1), default);
        }

        PlanReading.AssertSameRows(Rows(100, 50), await ReadBackAsync());
    }

    [Fact]
    public async Task A_run_of_several_epochs_is_taken_up_again_where_it_was_committed()
    {
        await using (ISink first = Open())
        {
            if (first.CommitsOnce)
            {
                return;
            }

            await first.RecoverAsync(default);
            await using ISinkWriter writer = await OpenWriterAsync(first);
            for (int epoch = 1; epoch <= 3; epoch++)
            {
                await WriteAsync(writer, epoch * 10, 10);
                await writer.CommitAsync(CheckpointOf(epoch), default);
            }

            await WriteAsync(writer, 40, 10);
        }

        await using (ISink second = Open())
        {
            Checkpoint? last = await second.RecoverAsync(default);
            Assert.Equal(3, last!.Epoch);
            await using ISinkWriter writer = await OpenWriterAsync(second, resumes: true);
            await WriteAsync(writer, 40, 10);
            await writer.CommitAsync(CheckpointOf(4), default);
        }

        PlanReading.AssertSameRows(Rows(10, 40), await ReadBackAsync());
    }

    [Fact]
    public async Task An_epoch_without_rows_moves_the_checkpoint()
    {
        await using (ISink sink = Open())
        {
            await sink.RecoverAsync(default);
            await using ISinkWriter writer = await OpenWriterAsync(sink);
            Assert.Equal(0, (await writer.CommitAsync(CheckpointOf(1), default)).Rows);
        }

        Assert.Empty(await ReadBackAsync());
        await using ISink again = Open();
        Assert.Equal(again.CommitsOnce ? null : 1, (await again.RecoverAsync(default))?.Epoch);
    }

    [Fact]
    public async Task An_overwriting_run_replaces_what_is_there_with_its_first_commit()
    {
        if (!Connector.Capabilities.WriteModes.Contains(WriteMode.Overwrite))
        {
            return;
        }

        bool commitsOnce;
        await RunAsync(WriteMode.Overwrite, 0, 20);
        await using (ISink sink = Open())
        {
            commitsOnce = sink.CommitsOnce;
            long last = (await sink.RecoverAsync(default))?.Epoch ?? 0;
            await using ISinkWriter writer = await OpenWriterAsync(sink, WriteMode.Overwrite);
            await WriteAsync(writer, 100, 20);
            PlanReading.AssertSameRows(Rows(0, 20), await ReadBackAsync());
            await writer.CommitAsync(CheckpointOf(last + 1), default);
            PlanReading.AssertSameRows(Rows(100, 20), await ReadBackAsync());
            if (!commitsOnce)
            {
                await WriteAsync(writer, 120, 20);
                await writer.CommitAsync(CheckpointOf(last + 2), default);
            }
        }

        PlanReading.AssertSameRows(Rows(100, commitsOnce ? 20 : 40), await ReadBackAsync());
    }

    [Fact]
    public async Task An_appending_run_adds_to_what_is_there()
    {
        await using (ISink sink = Open())
        {
            if (sink.CommitsOnce || !Connector.Capabilities.WriteModes.Contains(WriteMode.Append))
            {
                return;
            }
        }

        await RunAsync(WriteMode.Append, 0, 20);
        await RunAsync(WriteMode.Append, 20, 20);
        PlanReading.AssertSameRows(Rows(0, 40), await ReadBackAsync());
    }

    [Fact]
    public async Task A_run_that_another_has_overtaken_cannot_commit()
    {
        await using (ISink sink = Open())
        {
            if (sink.CommitsOnce)
            {
                return;
            }
        }

        await RunAsync(WriteMode.Append, 0, 5, token: 7);
        await using (ISink sink = Open())
        {
            await sink.RecoverAsync(default);
            await using ISinkWriter writer = await OpenWriterAsync(sink);
            await WriteAsync(writer, 5, 5);
            var error = await Assert.ThrowsAsync<MillraceException>(async () => await writer.CommitAsync(CheckpointOf(2) with { FencingToken = 6 }, default));
            Assert.Equal(ProgressErrors.Fenced, error.Code);
        }

        PlanReading.AssertSameRows(Rows(0, 5), await ReadBackAsync());
    }

    /// <summary>Rows with ids from a number on; every seventh name is null.</summary>
    protected static RecordBatch Batch(long from, int count)
    {
        using var ids = new FixedBuilder<long>(DataType.Int64, count);
        using var names = new BinaryBuilder(DataType.Utf8, count);
        for (long id = from; id < from + count; id++)
        {
            ids.Append(id);
            if (id % 7 == 0)
            {
                names.AppendNull();
            }
            else
            {
                names.Append(NameOf(id));
            }
        }

        return new RecordBatch(Schema, count, ids.Build(), names.Build());
    }

    /// <summary>The rows of <see cref="Batch"/> as texts, in ordinal order.</summary>
    protected static IReadOnlyList<string> Rows(long from, int count) =>
    [
        .. Enumerable.Range(0, count)
            .Select(i => from + i)
            .Select(id => string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{id},\"name\":{(id % 7 == 0 ? "null" : $"\"{NameOf(id)}\"")}}}"))
            .Order(StringComparer.Ordinal),
    ];

    private static string NameOf(long id) => string.Create(CultureInfo.InvariantCulture, $"row {id}, größer");

    private static async Task WriteAsync(ISinkWriter writer, long from, int count)
    {
        // In batches of several sizes.
        for (int done = 0; done < count;)
        {
            int rows = Math.Min((done % 13) + 1, count - done);
            using RecordBatch batch = Batch(from + done, rows);
            await writer.WriteAsync(batch, default);
            done += rows;
        }
    }

    private ISink Open() => Connector.OpenSink(CreateOptions(), Context);

    private Checkpoint CheckpointOf(long epoch) => new() { Job = Context.Job, Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch.AddHours(epoch), FencingToken = 1 };

    private async Task<ISinkWriter> OpenWriterAsync(ISink sink, WriteMode? mode = null, bool resumes = false)
    {
        await sink.EnsureSchemaAsync(Schema, SchemaEvolution.Evolve, default);
        return await sink.OpenWriterAsync(
            new SinkRequest { Schema = Schema, Mode = mode ?? Connector.Capabilities.WriteModes[0], RunId = $"run-{++_runs}", FencingToken = 1, Resumes = resumes }, default);
    }

    private async Task RunAsync(WriteMode mode, long from, int count, long token = 1)
    {
        await using ISink sink = Open();
        Checkpoint? last = await sink.RecoverAsync(default);
        await using ISinkWriter writer = await OpenWriterAsync(sink, mode);
        await WriteAsync(writer, from, count);
        await writer.CommitAsync(CheckpointOf((last?.Epoch ?? 0) + 1) with { FencingToken = token }, default);
    }
}
