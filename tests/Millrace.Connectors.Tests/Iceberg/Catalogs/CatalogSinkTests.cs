using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>The sink through a REST catalog.</summary>
[Trait("speed", "slow")]
public sealed class RestSinkConformanceTests : CatalogSinkConformance
{
    private protected override CatalogHarness Harness { get; } = new RestHarness();
}

/// <summary>The sink through a catalog in a database.</summary>
[Trait("speed", "slow")]
public sealed class SqlSinkConformanceTests : CatalogSinkConformance
{
    private protected override CatalogHarness Harness { get; } = new SqlHarness();
}

/// <summary>The sink through Glue.</summary>
[Trait("speed", "slow")]
public sealed class GlueSinkConformanceTests : CatalogSinkConformance
{
    private protected override CatalogHarness Harness { get; } = new GlueHarness();
}

public abstract class CatalogSinkConformance : SinkConformance, IDisposable
{
    private protected abstract CatalogHarness Harness { get; }

    protected override Connector Connector { get; } = new IcebergConnector();

    private string Table => string.Join('.', Harness.Namespace.Append("orders"));

    protected override object CreateOptions() => Harness.Target(Table);

    protected override Task<IReadOnlyList<string>> ReadBackAsync() => Harness.ReadAsync(Table, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        Harness.Dispose();
        GC.SuppressFinalize(this);
    }
}
