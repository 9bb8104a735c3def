using Millrace.TestKit;

namespace Millrace.Storage.Tests;

[Trait("speed", "slow")]
public sealed class S3ConformanceTests : StoreConformance
{
    private readonly S3TestServer _server = S3TestServer.Demand();
    private string _bucket = "";

    protected override int SeveralParts => (11 << 20) + 3;

    protected override async ValueTask<IObjectStore> CreateAsync()
    {
        _bucket = await _server.NewBucketAsync();
        return ObjectStores.Open(_server.Url(_bucket, "some/prefix/") + "&part_size=5MiB").Store;
    }

    protected override async ValueTask AssertNothingStagedAsync(IObjectStore store)
        => Assert.DoesNotContain(await _server.UploadsAsync(), u => u.StartsWith(_bucket + "/", StringComparison.Ordinal));
}
