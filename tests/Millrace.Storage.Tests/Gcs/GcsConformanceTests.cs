using Millrace.TestKit;

namespace Millrace.Storage.Tests;

[Trait("speed", "slow")]
public sealed class GcsConformanceTests : StoreConformance
{
    private string _folder = "";

    protected override int SeveralParts => (3 << 20) + 3;

    protected override ValueTask<IObjectStore> CreateAsync()
    {
        _folder = GcsServer.NewFolder();
        return new(GcsServer.Open(_folder));
    }

    // Staged objects are hidden from listings of the store, not from those of the interface.
    protected override async ValueTask AssertNothingStagedAsync(IObjectStore store)
    {
        using var http = new HttpClient();
        Assert.DoesNotContain(".mrtmp", await http.GetStringAsync($"{GcsServer.Server.Address}/storage/v1/b/{GcsServer.Bucket}/o?prefix={Uri.EscapeDataString(_folder)}"), StringComparison.Ordinal);
    }
}
