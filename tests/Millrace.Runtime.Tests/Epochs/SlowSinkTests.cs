using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>Memory of column buffers while the target is slower than the source. Other tests would change the figures, so none runs beside these.</summary>
[CollectionDefinition(nameof(SlowSinkTests), DisableParallelization = true)]
[Collection(nameof(SlowSinkTests))]
public sealed class SlowSinkTests
{
    private const int Rows = 32 << 10;
    private const long BatchBytes = Rows * 8;

    // What a lane may be ahead by, as OrderedLanes has it.
    private const long QueueBytes = 3 << 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_slow_target_holds_the_source_back(int threads)
    {
        const int splits = 12;
        const int batches = 40;
        using var folder = new TempFolder(inMemory: true);
        var source = new BulkConnector(splits, batches, Rows);
        var target = new Sink(source);
        long before = BufferPool.BytesInUse;
        target.Before = before;
        RunSummary summary = await new PipelineRunner(new Pipeline
        {
            Job = "slow",
            BaseDirectory = folder.Path,
            Source = new Endpoint("bulk", source, new NoOptions()),
            Sink = new Endpoint("slow", target, new NoOptions()),
            Threads = threads,
        }).RunAsync(default);

        Assert.Equal(RunOutcome.Succeeded, summary.Outcome);
        Assert.Equal(splits * batches * (long)Rows, summary.Rows);
        Assert.Equal(before, BufferPool.BytesInUse);

        // One split more than lanes is open: the queue of each, the batch that waits to join it, and the one that is written.
        long bound = threads == 1 ? 2 * BatchBytes : ((threads + 1) * (QueueBytes + BatchBytes)) + BatchBytes;
        Assert.True(target.Most <= bound, $"{target.Most} bytes in use, {bound} expected");
        Assert.True(target.Most >= (threads == 1 ? BatchBytes : threads * QueueBytes / 2), $"{target.Most} bytes in use: the source never was ahead");
    }

    /// <summary>A target that waits until the source can do no more.</summary>
    private sealed class Sink(BulkConnector source) : Connector
    {
        private const int Calm = 2000;

        public long Before { get; set; }

        public long Most { get; private set; }

        public override string Summary => "Slow.";

        public override Type SinkOptions => typeof(NoOptions);

        public override ConnectorCapabilities Capabilities { get; } = new() { WriteModes = [WriteMode.Append], Guarantee = DeliveryGuarantee.ExactlyOnce };

        public override ISink OpenSink(object options, ConnectorContext context) => new Slow(this);

        private async ValueTask WriteAsync(int write)
        {
            if (write % 20 == 0)
            {
                for (long calm = 0, seen = -1; calm < Calm; calm++)
                {
                    calm = seen == source.Read ? calm : 0;
                    seen = source.Read;
                    await Task.Yield();
                }
            }

            Most = Math.Max(Most, BufferPool.BytesInUse - Before);
        }

        private sealed class Slow(Sink sink) : ISink, ISinkWriter
        {
            private int _writes;
            private long _rows;

            public DeliveryGuarantee Guarantee => DeliveryGuarantee.ExactlyOnce;

            public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => new(CheckReport.Of());

            public ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation) => new((Checkpoint?)null);

            public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation) => ValueTask.CompletedTask;

            public ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation) => new(this);

            public ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
            {
                _rows += batch.Length;
                return sink.WriteAsync(_writes++);
            }

            public ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
            {
                var summary = new CommitSummary(_rows, 0, []);
                _rows = 0;
                return new(summary);
            }

            public ValueTask AbortAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
