using Millrace.Connectors.Datagen;
using Millrace.Sdk;

[assembly: Connector("datagen", typeof(DatagenConnector))]

namespace Millrace.Connectors.Datagen;

/// <summary>Rows that are made up: for tests, examples and load, the same in every run.</summary>
public sealed class DatagenConnector : Connector
{
    public override string Summary => "Generated rows: sequences, random numbers, walks, texts and times, the same for the same seed however they are read.";

    public override IReadOnlyList<string> Schemes => ["datagen"];

    public override Type SourceOptions => typeof(DatagenOptions);

    public override ConnectorCapabilities Capabilities { get; } = new()
    {
        ReadModes = [ReadMode.Full, ReadMode.Incremental],
        PushesProjection = true,
        PushesLimit = true,
        ReadsInParallel = true,
        Limits =
        [
            "Without `rows` a table has no end: it can be followed, or read with a limit.",
            "Arrays, structs and maps cannot be generated.",
            "Rows are the same bytes on machines whose processors and math libraries round alike.",
        ],
    };

    /// <summary>Everything is in the query: <c>datagen://?rows=1000&amp;columns.id=bigint</c>.</summary>
    public override OptionMap OptionsOf(Location location, ConnectorRole role)
    {
        const string path = "path";
        OptionMap options = location.ToOptions(path);
        if (location.Path.Trim('/').Length == 0)
        {
            options.Remove(path);
        }

        return options;
    }

    public override ISource OpenSource(object options, ConnectorContext context) => new DatagenSource((DatagenOptions)options, context);
}
