using Millrace.Columnar;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli.Tests.Sql;

/// <summary>A connector whose sink fails before its commit, or tells of it.</summary>
internal sealed class WatchedConnector(Connector inner, bool fails, Action committed) : Connector
{
    public override string Summary => inner.Summary;

    public override ConnectorCapabilities Capabilities => inner.Capabilities;

    public override IReadOnlyList<string> OutputsOf(object options, ConnectorContext context) => inner.OutputsOf(options, context);

    public override ISink OpenSink(object options, ConnectorContext context) => new Sink(inner.OpenSink(options, context), fails, committed);

    private sealed class Sink(ISink inner, bool fails, Action committed) : ISink
    {
        public DeliveryGuarantee Guarantee => inner.Guarantee;

        public bool CommitsOnce => inner.CommitsOnce;

        public bool KeepsProgress => inner.KeepsProgress;

        public ICheckpointLog? Commits => inner.Commits;

        public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => inner.CheckAsync(cancellation);

        public ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation) => inner.RecoverAsync(cancellation);

        public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation) => inner.EnsureSchemaAsync(schema, evolution, cancellation);

        public async ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation) => new Writer(await inner.OpenWriterAsync(request, cancellation), fails, committed);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Writer(ISinkWriter inner, bool fails, Action committed) : ISinkWriter
    {
        public ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation) => inner.WriteAsync(batch, cancellation);

        public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
        {
            if (fails)
            {
                committed();
                throw new MillraceException(RuntimeErrors.Unexpected, "the commit failed on purpose");
            }

            CommitSummary summary = await inner.CommitAsync(checkpoint, cancellation);
            committed();
            return summary;
        }

        public ValueTask AbortAsync(CancellationToken cancellation) => inner.AbortAsync(cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
