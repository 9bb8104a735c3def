using Millrace.TestKit;

namespace Millrace.Storage.Tests;

/// <summary>What goes wrong on the way to S3, and what is made of it.</summary>
[Trait("speed", "slow")]
public sealed class S3FaultsTests
{
    private const string Fast = "&retries=2&part_size=5MiB";

    private static readonly Lazy<S3TestServer> Own = new(S3TestServer.DemandOwn);

    [Fact]
    public async Task A_bucket_that_is_not_there_is_named()
    {
        await using IObjectStore store = ObjectStores.Open(Own.Value.Url("no-such-bucket")).Store;
        foreach (MillraceException error in new[] { await Fails(() => store.FindAsync("x", default).AsTask()), await Fails(() => PutAsync(store, "x")), await Fails(() => ListAsync(store)) })
        {
            Assert.Equal(StorageErrors.NoBucket, error.Code);
            Assert.Contains("'no-such-bucket'", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wrong_key_a_wrong_secret_an_expired_token_and_a_missing_right_are_told_apart()
    {
        S3TestServer server = Own.Value;
        string bucket = await server.NewBucketAsync();
        await server.SetKeyAsync("EXPIRED", "expired-secret", "token", expired: true);
        await server.SetKeyAsync("DENIED", "denied-secret", denied: true);
        foreach ((string id, string secret, ErrorCode code, string hint) in new[]
        {
            ("NOBODY", "wrong-secret", StorageErrors.BadCredentials, "access_key_id"),
            (S3TestServer.AccessKey, "wrong-secret", StorageErrors.BadCredentials, "secret_access_key"),
            ("EXPIRED", "expired-secret", StorageErrors.CredentialsExpired, "last commit"),
            ("DENIED", "denied-secret", StorageErrors.Forbidden, "s3:"),
        })
        {
            await using IObjectStore store = ObjectStores.Open($"s3://{bucket}/?endpoint={server.Endpoint}&access_key_id={id}&secret_access_key={secret}{(id == "EXPIRED" ? "&session_token=token" : "")}{Fast}").Store;
            foreach (MillraceException error in new[] { await Fails(() => store.FindAsync("x", default).AsTask()), await Fails(() => PutAsync(store, "x")), await Fails(() => ListAsync(store)) })
            {
                Assert.True(error.Code == code, $"{id}: {error.Describe()}");
                Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
                Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal);
                Assert.False(error.Code.Retryable);
            }
        }
    }

    [Fact]
    public async Task A_server_without_time_for_us_is_asked_again_and_in_the_end_named()
    {
        S3TestServer server = Own.Value;
        await using IObjectStore store = await OpenAsync(server);
        await server.FailAsync("PUT /", "error", count: 2, status: 503, code: "SlowDown");
        await PutAsync(store, "throttled");
        Assert.NotNull(await store.FindAsync("throttled", default));
        await server.FailAsync("/overrun", "error", count: 3, status: 503, code: "SlowDown");
        MillraceException error = await Fails(() => PutAsync(store, "overrun"));
        Assert.Equal(StorageErrors.Throttled, error.Code);
        Assert.True(error.Code.Retryable);
    }

    [Fact]
    public async Task Credentials_that_expire_in_the_middle_of_an_upload_end_it_and_leave_nothing_in_sight()
    {
        S3TestServer server = Own.Value;
        string bucket = await server.NewBucketAsync();
        await server.SetKeyAsync("SHORT", "short-secret", "token");
        await using IObjectStore store = ObjectStores.Open($"s3://{bucket}/?endpoint={server.Endpoint}&access_key_id=SHORT&secret_access_key=short-secret&session_token=token{Fast}").Store;
        await using (IStagedObject staged = await store.StageAsync("x", default))
        {
            await staged.WriteAsync(new byte[6 << 20], default);
            await server.SetKeyAsync("SHORT", "short-secret", "token", expired: true);
            MillraceException error = await Fails(async () =>
            {
                await staged.WriteAsync(new byte[20 << 20], default);
                await staged.PublishAsync(PutCondition.Any, default);
            });
            Assert.Equal(StorageErrors.CredentialsExpired, error.Code);
        }

        // What could not be thrown away any more is removed as stale by a later run.
        await using IObjectStore later = ObjectStores.Open(server.Url(bucket) + "&stale_after=0s").Store;
        Assert.Empty(await ListAsync(later));
        Assert.Equal([$"{bucket}/x"], (await server.UploadsAsync()).Where(u => u.StartsWith(bucket, StringComparison.Ordinal)));
        await later.RemoveStaleAsync("", default);
        Assert.DoesNotContain(await server.UploadsAsync(), u => u.StartsWith(bucket, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("PUT /")]
    [InlineData("POST /")]
    public async Task A_write_whose_answer_was_lost_is_known_to_be_ones_own(string request)
    {
        S3TestServer server = Own.Value;
        await using IObjectStore store = await OpenAsync(server);
        await PutAsync(store, "warm", PutCondition.IfAbsent);
        bool severalParts = request.StartsWith("POST", StringComparison.Ordinal);
        await server.FailAsync(severalParts ? "uploadId" : request, "lost");
        await using IStagedObject staged = await store.StageAsync("x", default);
        await staged.WriteAsync(new byte[severalParts ? 6 << 20 : 5], default);
        ObjectInfo written = await staged.PublishAsync(PutCondition.IfAbsent, default);
        Assert.Equal(written.ETag, (await store.FindAsync("x", default))!.ETag);

        // The next writer is refused all the same.
        Assert.Equal(StorageErrors.AlreadyExists, (await Fails(() => PutAsync(store, "x", PutCondition.IfAbsent))).Code);
    }

    [Fact]
    public async Task A_completion_whose_answer_was_lost_is_known_to_be_ones_own()
    {
        S3TestServer server = Own.Value;
        await using IObjectStore store = await OpenAsync(server);
        await PutAsync(store, "warm", PutCondition.IfAbsent);
        await using IStagedObject staged = await store.StageAsync("completed", default);
        await staged.WriteAsync(new byte[12 << 20], default);
        await server.FailAsync("POST /", "lost");
        Assert.Equal(12 << 20, (await staged.PublishAsync(PutCondition.IfAbsent, default)).Size);
    }

    [Fact]
    public async Task A_connection_that_is_cut_while_reading_goes_on_where_it_was()
    {
        S3TestServer server = Own.Value;
        await using IObjectStore store = await OpenAsync(server);
        var bytes = new byte[3 << 20];
        new Random(1).NextBytes(bytes);
        await store.PutAsync("x", bytes, PutCondition.Any, default);
        await using IObjectReader reader = await store.OpenAsync("x", default);
        await server.FailAsync("GET /", "cut", count: 2);
        var read = new byte[bytes.Length];
        Assert.Equal(bytes.Length, await reader.ReadAsync(0, read, default));
        Assert.Equal(bytes, read);
    }

    [Fact]
    public async Task An_object_that_is_replaced_while_it_is_read_is_not_mixed_with_the_new_one()
    {
        await using IObjectStore store = await OpenAsync(Own.Value);
        await store.PutAsync("x", new byte[4 << 20], PutCondition.Any, default);
        await using IObjectReader reader = await store.OpenAsync("x", default);
        Assert.Equal(10, await reader.ReadAsync(0, new byte[10], default));
        await PutAsync(store, "x");
        Assert.Equal(StorageErrors.Changed, (await Fails(() => reader.ReadAsync(3 << 20, new byte[10], default).AsTask())).Code);
    }

    [Fact]
    public async Task A_server_with_another_time_is_still_understood()
    {
        S3TestServer server = S3TestServer.DemandOwn();
        await using IObjectStore store = await OpenAsync(server);
        await server.SetClockAsync(-7200);
        await PutAsync(store, "x");
        Assert.NotNull(await store.FindAsync("x", default));
        await server.FailAsync("/", "error", count: 20, status: 403, code: "RequestTimeTooSkewed");
        Assert.Equal(StorageErrors.ClockSkew, (await Fails(() => PutAsync(store, "y"))).Code);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable_and_a_wrong_endpoint_is_explained()
    {
        await using IObjectStore store = ObjectStores.Open("s3://bucket/?endpoint=http://127.0.0.1:1&access_key_id=a&secret_access_key=b&retries=0").Store;
        MillraceException error = await Fails(() => store.FindAsync("x", default).AsTask());
        Assert.Equal(StorageErrors.Unreachable, error.Code);
        Assert.True(error.Code.Retryable);
        Assert.Equal(StorageErrors.BadUrl, Assert.Throws<MillraceException>(() => ObjectStores.Open("s3://bucket/?endpoint=localhost:9000")).Code);
        Assert.Equal(StorageErrors.BadUrl, Assert.Throws<MillraceException>(() => ObjectStores.Open("s3:///key")).Code);
        Assert.Equal(StorageErrors.NoCredentials, Assert.Throws<MillraceException>(() => ObjectStores.Open("s3://bucket/?access_key_id=a")).Code);
    }

    [Fact]
    public async Task Encryption_is_asked_for_with_every_kind_of_write()
    {
        S3TestServer server = Own.Value;
        string bucket = await server.NewBucketAsync();
        await using IObjectStore store = ObjectStores.Open(server.Url(bucket) + Fast + "&sse=kms&sse_kms_key=key-1").Store;
        await PutAsync(store, "put");
        await using (IStagedObject staged = await store.StageAsync("parts", default))
        {
            await staged.WriteAsync(new byte[6 << 20], default);
            await staged.PublishAsync(PutCondition.Any, default);
        }

        await store.MoveAsync("put", "moved", PutCondition.Any, default);
        foreach (string name in new[] { "parts", "moved" })
        {
            System.Text.Json.JsonElement metadata = await server.MetadataAsync(bucket, name);
            Assert.Equal("aws:kms", metadata.GetProperty("x-amz-server-side-encryption").GetString());
            Assert.Equal("key-1", metadata.GetProperty("x-amz-server-side-encryption-aws-kms-key-id").GetString());
        }
    }

    [Fact]
    public async Task A_check_finds_out_what_the_store_can_do_and_leaves_nothing()
    {
        S3TestServer server = S3TestServer.DemandOwn();
        await using IObjectStore store = await OpenAsync(server);
        Assert.Equal(["may be written", "honours conditions of writes"], await ((IProbedStore)store).ProbeAsync(default));
        Assert.Empty(await ListAsync(store));
        Assert.Empty(await server.UploadsAsync());
    }

    private static async Task<IObjectStore> OpenAsync(S3TestServer server) => ObjectStores.Open(server.Url(await server.NewBucketAsync()) + Fast).Store;

    private static async Task PutAsync(IObjectStore store, string name, PutCondition condition = default) => await store.PutAsync(name, "12345"u8.ToArray(), condition, default);

    private static async Task<List<ObjectInfo>> ListAsync(IObjectStore store) => await store.ListAsync("", null, default).ToListAsync();

    private static async Task<MillraceException> Fails(Func<Task> action) => await Assert.ThrowsAsync<MillraceException>(action);
}
