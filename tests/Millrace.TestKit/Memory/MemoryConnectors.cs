using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.TestKit;

/// <summary>Reads a <see cref="ReplayInput"/>.</summary>
public sealed class ReplayConnector(ReplayInput input) : Connector
{
    public override string Summary => "Rows that a test makes.";

    public override Type SourceOptions => typeof(NoOptions);

    public override ConnectorCapabilities Capabilities { get; } = new() { ReadModes = [ReadMode.Full, ReadMode.Incremental], ReadsInParallel = true };

    /// <summary>The source of a pipeline, with faults.</summary>
    public static Endpoint Endpoint(ReplayInput input, FaultPlan plan) => new("replay", new FaultyConnector(new ReplayConnector(input), plan), new NoOptions());

    public override ISource OpenSource(object options, ConnectorContext context) => new ReplaySource(input);
}

/// <summary>Writes into a <see cref="MemoryTarget"/>.</summary>
public sealed class MemoryConnector(MemoryTarget target, FaultPlan? plan = null) : Connector
{
    public override string Summary => "Rows that a test looks at.";

    public override Type SinkOptions => typeof(NoOptions);

    public override ConnectorCapabilities Capabilities { get; } = new() { WriteModes = [WriteMode.Append, WriteMode.Overwrite], Guarantee = target.Guarantee };

    /// <summary>The target of a pipeline, with faults.</summary>
    public static Endpoint Endpoint(MemoryTarget target, FaultPlan plan) => new("memory", new FaultyConnector(new MemoryConnector(target, plan), plan), new NoOptions());

    public override ISink OpenSink(object options, ConnectorContext context) => new MemorySink(target, plan);
}

/// <summary>Options of connectors that a test makes by hand.</summary>
public sealed record NoOptions;
