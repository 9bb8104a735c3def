using Millrace.Sdk;

namespace Millrace.TestKit;

/// <summary>
/// A connector whose source and sink reach a step of a <see cref="FaultPlan"/> before and after everything they do. What
/// happens below, between connector and storage, gets steps of its own where the storage is wrapped too, as by
/// <see cref="FaultyStore"/>; only then a crash leaves behind exactly what a dead process leaves.
/// </summary>
public sealed class FaultyConnector(Connector inner, FaultPlan plan) : Connector
{
    public override string Summary => inner.Summary;

    public override ConnectorCapabilities Capabilities => inner.Capabilities;

    public override Type? SourceOptions => inner.SourceOptions;

    public override Type? SinkOptions => inner.SinkOptions;

    public override IReadOnlyList<string> OutputsOf(object options, ConnectorContext context) => inner.OutputsOf(options, context);

    public override ISource OpenSource(object options, ConnectorContext context) => new FaultySource(inner.OpenSource(options, context), plan);

    public override ISink OpenSink(object options, ConnectorContext context) => new FaultySink(inner.OpenSink(options, context), plan);
}
