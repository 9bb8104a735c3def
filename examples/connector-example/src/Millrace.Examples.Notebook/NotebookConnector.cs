using Millrace.Examples.Notebook;
using Millrace.Sdk;
using Millrace.Storage;

[assembly: Connector("notebook", typeof(NotebookConnector))]

namespace Millrace.Examples.Notebook;

/// <summary>A folder of numbered pages. Every commit writes a page, and every page is a split.</summary>
/// <param name="wrap">Puts another store in front of the disk, such as one that fails on purpose.</param>
public sealed class NotebookConnector(Func<IObjectStore, IObjectStore> wrap) : Connector
{
    public NotebookConnector()
        : this(static store => store)
    {
    }

    public override string Summary => "A folder of small text files, one for every commit; an example to start from.";

    public override IReadOnlyList<string> Schemes => ["notebook"];

    public override Type SourceOptions => typeof(NotebookSourceOptions);

    public override Type SinkOptions => typeof(NotebookTargetOptions);

    public override ConnectorCapabilities Capabilities { get; } = new()
    {
        ReadModes = [ReadMode.Full, ReadMode.Incremental],
        WriteModes = [WriteMode.Append],
        Guarantee = DeliveryGuarantee.ExactlyOnce,
        PushesProjection = true,
        ReadsInParallel = true,
        Limits = ["A page is held in memory as a whole.", "Nested types are not supported."],
    };

    public override ISource OpenSource(object options, ConnectorContext context)
        => new NotebookSource(Pages.Open(((NotebookSourceOptions)options).Path, context, wrap));

    public override ISink OpenSink(object options, ConnectorContext context)
        => new NotebookSink(Pages.Open(((NotebookTargetOptions)options).Path, context, wrap), context.Job);
}
