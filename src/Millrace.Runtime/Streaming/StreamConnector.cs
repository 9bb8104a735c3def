using Millrace.Sdk;

namespace Millrace.Runtime.Streaming;

/// <summary>A query that runs on as the source of a pipeline.</summary>
internal sealed class StreamConnector : Connector
{
    public override string Summary => "Rows of a query that runs on.";

    public override ConnectorCapabilities Capabilities { get; } = new() { ReadModes = [ReadMode.Incremental], ReadsInParallel = true };

    public override Type SourceOptions => typeof(StreamingQuery);

    public static Endpoint Endpoint(StreamingQuery query) => new("sql", new StreamConnector(), query);

    public override ISource OpenSource(object options, ConnectorContext context) => new StreamSource((StreamingQuery)options, context);
}
