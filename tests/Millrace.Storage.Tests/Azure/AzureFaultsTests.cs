using Millrace.TestKit;

namespace Millrace.Storage.Tests;

/// <summary>How accounts are found, what goes wrong on the way to Azure, and what is made of it.</summary>
[Trait("speed", "slow")]
public sealed class AzureFaultsTests
{
    private readonly AzuriteServer _server = AzuriteServer.Demand();

    [Fact]
    public async Task A_container_that_is_not_there_is_named()
    {
        await using IObjectStore store = Open(Key, container: "no-such-container");
        foreach (MillraceException error in new[] { await Fails(() => PutAsync(store)), await Fails(() => ListAsync(store)), await Fails(() => store.FindAsync("x", default).AsTask()) })
        {
            Assert.Equal(StorageErrors.NoBucket, error.Code);
            Assert.Contains("'no-such-container'", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wrong_key_is_told_without_being_shown()
    {
        const string wrong = "d3Jvbmcga2V5IHdyb25nIGtleSB3cm9uZyBrZXk=";
        await using IObjectStore store = Open(new AzureOptions { AccountName = AzuriteServer.Account, AccountKey = wrong });
        MillraceException error = await Fails(() => PutAsync(store));
        Assert.Equal(StorageErrors.BadCredentials, error.Code);
        Assert.DoesNotContain(wrong, error.ToString(), StringComparison.Ordinal);
        MillraceException text = Assert.Throws<MillraceException>(() => Open(new AzureOptions { AccountName = "a", AccountKey = "not base64!" }));
        Assert.Equal(StorageErrors.BadCredentials, text.Code);
        Assert.DoesNotContain("not base64!", text.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_serves_as_long_as_it_is_valid_and_for_what_it_allows()
    {
        await using IObjectStore all = Open(With(AzuriteServer.Sas("rwdlac", DateTimeOffset.UtcNow.AddHours(1))));
        await PutAsync(all);
        await all.MoveAsync("x", "y", PutCondition.IfAbsent, default);
        Assert.Equal(["y"], (await ListAsync(all)).Select(o => o.Name));
        await all.DeleteAsync("y", default);

        await using IObjectStore reading = Open(With(AzuriteServer.Sas("rl", DateTimeOffset.UtcNow.AddHours(1))));
        Assert.Empty(await ListAsync(reading));
        MillraceException denied = await Fails(() => PutAsync(reading));
        Assert.Equal(StorageErrors.Forbidden, denied.Code);
        Assert.Contains("Storage Blob Data Contributor", denied.Hint, StringComparison.Ordinal);

        string expired = AzuriteServer.Sas("rwdlac", DateTimeOffset.UtcNow.AddHours(-1));
        await using IObjectStore late = Open(With(expired));
        MillraceException error = await Fails(() => PutAsync(late));
        Assert.True(error.Code == StorageErrors.CredentialsExpired || (error.Code == StorageErrors.BadCredentials && error.Hint.Contains("expired", StringComparison.Ordinal)), error.Describe());
        Assert.DoesNotContain(expired[^20..], error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_found_in_a_connection_string_and_in_an_address()
    {
        await using IObjectStore store = Open(new AzureOptions { ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={AzuriteServer.Account};AccountKey={AzuriteServer.Key};BlobEndpoint={_server.Endpoint};" }, endpoint: false);
        await PutAsync(store);
        Assert.Equal(StorageErrors.BadUrl, Assert.Throws<MillraceException>(() => Open(new AzureOptions { ConnectionString = "AccountName" }, endpoint: false)).Code);
        await using IObjectStore named = ObjectStores.Open(
            $"abfss://{AzuriteServer.Container}@{AzuriteServer.Account}.dfs.core.windows.net/{AzuriteServer.NewFolder()}", new StoreOptions { Azure = new AzureOptions { Endpoint = _server.Endpoint, AccountKey = AzuriteServer.Key } }).Store;
        await PutAsync(named);
        Assert.StartsWith($"abfss://{AzuriteServer.Container}@{AzuriteServer.Account}.dfs.core.windows.net/folder-", named.Describe("x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_without_credentials_is_told_so()
    {
        await using IObjectStore store = Open(new AzureOptions { AccountName = AzuriteServer.Account, Anonymous = true });
        MillraceException error = await Fails(() => PutAsync(store));
        Assert.Equal(StorageErrors.NoCredentials, error.Code);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        await using IObjectStore store = ObjectStores.Open("az://c/", new StoreOptions { Azure = Key with { Endpoint = "http://127.0.0.1:1/a", Retries = 0 } }).Store;
        Assert.Equal(StorageErrors.Unreachable, (await Fails(() => PutAsync(store))).Code);
    }

    [Fact]
    public async Task An_object_that_is_replaced_while_it_is_read_is_not_mixed_with_the_new_one()
    {
        await using IObjectStore store = Open(Key);
        await store.PutAsync("x", new byte[4 << 20], PutCondition.Any, default);
        await using IObjectReader reader = await store.OpenAsync("x", default);
        await PutAsync(store);
        Assert.Equal(StorageErrors.Changed, (await Fails(() => reader.ReadAsync(0, new byte[10], default).AsTask())).Code);
    }

    private static AzureOptions Key => new() { AccountName = AzuriteServer.Account, AccountKey = AzuriteServer.Key };

    private static AzureOptions With(string sas) => new() { AccountName = AzuriteServer.Account, SasToken = sas };

    private IObjectStore Open(AzureOptions options, string container = AzuriteServer.Container, bool endpoint = true)
        => ObjectStores.Open($"az://{container}/{AzuriteServer.NewFolder()}", new StoreOptions { Azure = endpoint ? options with { Endpoint = _server.Endpoint } : options }).Store;

    private static async Task PutAsync(IObjectStore store) => await store.PutAsync("x", "1"u8.ToArray(), PutCondition.Any, default);

    private static async Task<List<ObjectInfo>> ListAsync(IObjectStore store) => await store.ListAsync("", null, default).ToListAsync();

    private static async Task<MillraceException> Fails(Func<Task> action) => await Assert.ThrowsAsync<MillraceException>(action);
}
