using System.ComponentModel;
using Millrace.Connectors.Console;
using Millrace.Sdk;

[assembly: Connector("console", typeof(ConsoleConnector))]

namespace Millrace.Connectors.Console;

/// <summary>Rows on standard output, for people who try a query out.</summary>
public sealed class ConsoleConnector : Connector
{
    public override string Summary => "Rows printed on standard output as they come, as a table or as JSON lines.";

    public override Type SinkOptions => typeof(ConsoleOptions);

    public override ConnectorCapabilities Capabilities { get; } = new()
    {
        WriteModes = [WriteMode.Append],
        Guarantee = DeliveryGuarantee.AtLeastOnce,
        Limits = ["Rows are printed before they are committed: after an error they may stand there again.", "Columns of a table are as wide as the rows that come first need."],
    };

    public override IReadOnlyList<string> OutputsOf(object options, ConnectorContext context) => [ConnectorContext.StandardOutput];

    public override ISink OpenSink(object options, ConnectorContext context) => new ConsoleSink((ConsoleOptions)options, System.Console.Out);
}

/// <summary>How rows are printed.</summary>
public sealed record ConsoleOptions
{
    [Description("How rows are printed: table, or json for a line each.")]
    public ConsoleFormat Format { get; init; } = ConsoleFormat.Table;
}

public enum ConsoleFormat
{
    Table,
    Json,
}
