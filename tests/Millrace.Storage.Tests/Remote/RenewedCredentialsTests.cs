using Millrace.TestKit;

namespace Millrace.Storage.Tests;

/// <summary>Credentials that are given at run time are renewed before they end, in the middle of an object too.</summary>
[Trait("speed", "slow")]
public sealed class RenewedCredentialsTests
{
    [Fact]
    public async Task Of_Amazon_in_the_middle_of_an_upload()
    {
        S3TestServer server = S3TestServer.DemandOwn();
        string bucket = await server.NewBucketAsync();
        int number = 0;

        // A key is refused from the moment on when there is the next.
        var time = new ManualTime();
        var credentials = new Given(async () =>
        {
            await server.SetKeyAsync($"KEY{number}", "secret", "token", expired: true);
            await server.SetKeyAsync($"KEY{++number}", "secret", $"token{number}");
            return new StoreCredentials { AccessKeyId = $"KEY{number}", SecretAccessKey = "secret", SessionToken = $"token{number}", ExpiresAt = time.GetUtcNow().AddHours(1) };
        });
        var options = new StoreOptions { S3 = new S3Options { Endpoint = server.Endpoint, PartSize = Sdk.ByteSize.MiB(5), PartsAtOnce = 1, Retries = 0 } };
        await using IObjectStore store = ObjectStores.Open($"s3://{bucket}/", options.WithCredentials(credentials, time)).Store;
        await WriteAsync(store, 16 << 20, time);
        Assert.True(number >= 3, $"{number} keys");
        Assert.Equal(16 << 20, (await store.FindAsync("x", default))!.Size);
        Assert.Empty(await server.UploadsAsync());
    }

    [Fact]
    public async Task Of_Azure_in_the_middle_of_an_upload()
    {
        int number = 0;
        string rights = "rwdlac";
        var time = new ManualTime();
        var credentials = new Given(() =>
        {
            number++;
            return Task.FromResult(new StoreCredentials { SasToken = AzuriteServer.Sas(rights, DateTimeOffset.UtcNow.AddHours(1)), ExpiresAt = time.GetUtcNow().AddMinutes(3) });
        });
        var options = new StoreOptions { Azure = new AzureOptions { Endpoint = AzuriteServer.Demand().Endpoint, AccountName = AzuriteServer.Account, PartSize = Sdk.ByteSize.MiB(1), PartsAtOnce = 1, Retries = 0 } };
        await using IObjectStore store = ObjectStores.Open($"az://{AzuriteServer.Container}/{AzuriteServer.NewFolder()}", options.WithCredentials(credentials, time)).Store;
        await WriteAsync(store, 3 << 20, time);
        Assert.True(number >= 3, $"{number} signatures");
        int before = number;
        await store.MoveAsync("x", "y", PutCondition.IfAbsent, default);
        Assert.InRange(number, before, before + 1);
        rights = "r";
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(StorageErrors.Forbidden, (await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(store, 1))).Code);
    }

    [Fact]
    public async Task Of_Google_once_for_as_long_as_they_hold()
    {
        int number = 0;
        var credentials = new Given(() => Task.FromResult(new StoreCredentials { AccessToken = $"token{++number}", ExpiresAt = DateTimeOffset.UtcNow.AddHours(1) }));
        var options = new StoreOptions { Gcs = new GcsOptions { Endpoint = GcsServer.Server.Address, PartSize = Sdk.ByteSize.MiB(1), Retries = 0 } };
        await using IObjectStore store = ObjectStores.Open($"gs://{GcsServer.Bucket}/{GcsServer.NewFolder()}", options.WithCredentials(credentials)).Store;
        await WriteAsync(store, 3 << 20);
        Assert.Equal(1, number);
        await using IObjectStore refused = ObjectStores.Open($"gs://{GcsServer.Bucket}/", options.WithCredentials(new Given(() => Task.FromResult(new StoreCredentials { AccessToken = "expired" })))).Store;
        Assert.Equal(StorageErrors.BadCredentials, (await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(refused, 1))).Code);
    }

    [Theory]
    [InlineData("s3://b/")]
    [InlineData("az://b/")]
    [InlineData("gs://b/")]
    public async Task Those_of_another_cloud_are_refused(string address)
    {
        var options = new StoreOptions { S3 = new S3Options { Endpoint = "http://127.0.0.1:1", Retries = 0 }, Azure = new AzureOptions { AccountName = "a", Endpoint = "http://127.0.0.1:1", Retries = 0 }, Gcs = new GcsOptions { Endpoint = "http://127.0.0.1:1", Retries = 0 } };
        await using IObjectStore store = ObjectStores.Open(address, options.WithCredentials(new Given(() => Task.FromResult(new StoreCredentials())))).Store;
        Assert.Equal(StorageErrors.NoCredentials, (await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(store, 1))).Code);
    }

    [Theory]
    [InlineData("s3://b/?access_key_id=x", "MR3023")]
    [InlineData("s3://b/?endpoint=localhost:9000", "MR3024")]
    [InlineData("az://c/?endpoint=nowhere&account_name=a", "MR3024")]
    [InlineData("abfss://c@a.dfs.core.windows.net/?client_secret=x", "MR3023")]
    [InlineData("gs://b/?endpoint=nowhere", "MR3024")]
    public void An_address_that_cannot_be_used_is_named(string address, string code)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => ObjectStores.Open(address));
        Assert.Equal(code, error.Code.Id);
        Assert.Equal(address[..(address.IndexOf('?', StringComparison.Ordinal))], error.Place?.File);
    }

    [Fact]
    public async Task Missing_credentials_of_Google_name_the_address()
    {
        await using IObjectStore store = ObjectStores.Open("gs://b/", new StoreOptions { Gcs = new GcsOptions { CredentialsFile = "/no/such/file.json" } }).Store;
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(store, 1));
        Assert.Equal((StorageErrors.NoCredentials, "gs://b/"), (error.Code, error.Place?.File));
    }

    // In four pieces, with a day between them.
    private static async Task WriteAsync(IObjectStore store, int size, ManualTime? time = null)
    {
        await using IStagedObject staged = await store.StageAsync("x", default);
        for (int i = 0; i < 4; i++)
        {
            await staged.WriteAsync(new byte[size / 4], default);
            time?.Advance(TimeSpan.FromDays(1));
        }

        await staged.PublishAsync(PutCondition.Any, default);
    }

    private sealed class Given(Func<Task<StoreCredentials>> next) : IStoreCredentials
    {
        public async ValueTask<StoreCredentials> GetAsync(CancellationToken cancellation) => await next();
    }
}
