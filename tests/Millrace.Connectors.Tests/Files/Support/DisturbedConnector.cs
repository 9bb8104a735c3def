using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

/// <summary>The files connector, with somebody who does something to the files between each plan and its reading.</summary>
/// <param name="disturb">Called behind each plan, with its number from 1 on.</param>
internal class DisturbedConnector(Action<int> disturb) : Connector
{
    private readonly FilesConnector _files = new();
    private int _plans;

    public override string Summary => _files.Summary;

    public override ConnectorCapabilities Capabilities => _files.Capabilities;

    public override Type? SourceOptions => _files.SourceOptions;

    public override ISource OpenSource(object options, ConnectorContext context) => new Source(_files.OpenSource(options, context), this);

    private sealed class Source(ISource inner, DisturbedConnector connector) : ISource
    {
        public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => inner.CheckAsync(cancellation);

        public IAsyncEnumerable<StreamDescription> DiscoverAsync(CancellationToken cancellation) => inner.DiscoverAsync(cancellation);

        public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
        {
            IReadPlan plan = await inner.PlanAsync(request, cancellation);
            connector.Disturb(request);
            return plan;
        }

        public ValueTask ChangedAsync(CancellationToken cancellation) => inner.ChangedAsync(cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    protected virtual void Disturb(ReadRequest request) => disturb(++_plans);
}
