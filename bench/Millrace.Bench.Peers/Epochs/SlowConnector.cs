using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Bench.Peers;

/// <summary>A target that takes a while for every batch and keeps nothing.</summary>
internal sealed class SlowConnector(TimeSpan delay) : Connector
{
    public override string Summary => "Takes its time.";

    public override Type SinkOptions => typeof(object);

    public override ConnectorCapabilities Capabilities { get; } = new() { WriteModes = [WriteMode.Append], Guarantee = DeliveryGuarantee.AtLeastOnce };

    public override ISink OpenSink(object options, ConnectorContext context) => new Sink(delay);

    private sealed class Sink(TimeSpan delay) : ISink, ISinkWriter
    {
        private long _rows;

        public DeliveryGuarantee Guarantee => DeliveryGuarantee.AtLeastOnce;

        public bool KeepsProgress => true;

        public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => new(CheckReport.Of());

        public ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation) => new((Checkpoint?)null);

        public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation) => new(this);

        public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
        {
            _rows += batch.Length;
            await Task.Delay(delay, cancellation).ConfigureAwait(false);
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
