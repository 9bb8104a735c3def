using Millrace.TestKit;

namespace Millrace.Storage.Tests;

[Trait("speed", "slow")]
public sealed class AzureConformanceTests : StoreConformance
{
    private readonly AzuriteServer _server = AzuriteServer.Demand();

    protected override int SeveralParts => (5 << 20) + 3;

    /// <summary>Blocks of one name that another writer leaves out of its list are gone.</summary>
    protected override bool StagesApart => false;

    protected override ValueTask<IObjectStore> CreateAsync() => new(ObjectStores.Open(
        $"az://{AzuriteServer.Container}/{AzuriteServer.NewFolder()}",
        new StoreOptions { Azure = new AzureOptions { Endpoint = _server.Endpoint, AccountName = AzuriteServer.Account, AccountKey = AzuriteServer.Key, PartSize = Sdk.ByteSize.MiB(1) } }).Store);
}
