using System.Globalization;
using System.Text;
using Millrace.TestKit;

namespace Millrace.Storage.Tests;

/// <summary>Against an S3 server that others wrote, which ignores the conditions of writes.</summary>
[Trait("speed", "slow")]
public sealed class S3rverTests
{
    private const string Bucket = "lake";

    private static readonly Lazy<NodeServer> Server = new(() => NodeServer.Demand("s3rver.mjs", Bucket));
    private static int _stores;

    [Fact]
    public async Task Objects_of_one_part_and_of_several_are_written_read_listed_moved_and_removed()
    {
        await using IObjectStore store = Open("&conditional_writes=single_writer&part_size=5MiB");
        var bytes = new byte[(11 << 20) + 5];
        new Random(3).NextBytes(bytes);
        await store.PutAsync("a/small ü+%.txt", "hello"u8.ToArray(), PutCondition.IfAbsent, default);
        await using (IStagedObject staged = await store.StageAsync("a/large", default))
        {
            await staged.WriteAsync(bytes, default);
            await staged.PublishAsync(PutCondition.IfAbsent, default);
        }

        Assert.Equal(["a/large", "a/small ü+%.txt"], await Names(store));
        Assert.Empty(await store.ListAsync("", folder => folder != "a/", default).ToListAsync());
        await store.MoveAsync("a/large", "b/moved", PutCondition.Any, default);
        await using (IObjectReader reader = await store.OpenAsync("b/moved", default))
        {
            var read = new byte[bytes.Length];
            for (int done = 0; done < read.Length;)
            {
                done += await reader.ReadAsync(done, read.AsMemory(done, Math.Min(100_000, read.Length - done)), default);
            }

            Assert.Equal(bytes, read);
        }

        await store.RemoveStaleAsync("", default);
        await store.DeleteAllAsync(["b/moved", "a/small ü+%.txt", "no/such"], default);
        Assert.Empty(await Names(store));
    }

    [Fact]
    public async Task One_writer_is_told_when_a_condition_does_not_hold()
    {
        await using IObjectStore store = Open("&conditional_writes=single_writer");
        ObjectInfo first = await store.PutAsync("x", "1"u8.ToArray(), PutCondition.IfAbsent, default);
        Assert.Equal(StorageErrors.AlreadyExists, (await Fails(() => store.PutAsync("x", "2"u8.ToArray(), PutCondition.IfAbsent, default))).Code);
        await store.PutAsync("x", "22"u8.ToArray(), PutCondition.IfMatch(first.ETag), default);
        Assert.Equal(StorageErrors.Changed, (await Fails(() => store.PutAsync("x", "3"u8.ToArray(), PutCondition.IfMatch(first.ETag), default))).Code);
    }

    [Fact]
    public async Task A_store_that_ignores_conditions_is_refused_and_nothing_is_left_of_the_trial()
    {
        await using IObjectStore store = Open("");
        MillraceException error = await Fails(() => store.PutAsync("x", "1"u8.ToArray(), PutCondition.IfAbsent, default));
        Assert.Equal(StorageErrors.NotSupported, error.Code);
        Assert.Contains("conditional_writes=single_writer", error.Hint, StringComparison.Ordinal);
        Assert.Equal(StorageErrors.NotSupported, (await Assert.ThrowsAsync<MillraceException>(async () => await ((IProbedStore)store).ProbeAsync(default))).Code);
        Assert.Empty(await Names(store));

        // What needs no condition is written all the same.
        await store.PutAsync("x", "1"u8.ToArray(), PutCondition.Any, default);
        Assert.Equal(["x"], await Names(store));
    }

    private static IObjectStore Open(string options)
    {
        string url = string.Create(
            CultureInfo.InvariantCulture, $"s3://{Bucket}/{Interlocked.Increment(ref _stores)}/?endpoint={Server.Value.Address}&access_key_id=S3RVER&secret_access_key=S3RVER{options}");
        return ObjectStores.Open(url).Store;
    }

    private static async Task<string[]> Names(IObjectStore store) => [.. await store.ListAsync("", null, default).Select(o => o.Name).ToListAsync()];

    private static async Task<MillraceException> Fails(Func<ValueTask<ObjectInfo>> write) => await Assert.ThrowsAsync<MillraceException>(async () => await write());
}
