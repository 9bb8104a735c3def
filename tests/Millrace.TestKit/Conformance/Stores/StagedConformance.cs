using Millrace.Storage;
using Xunit;

namespace Millrace.TestKit;

/// <summary>Objects that are written in pieces and seen whole or not at all.</summary>
public abstract class StagedConformance : ConditionConformance
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(-1, 70_001)]
    [InlineData(-1, int.MaxValue)]
    public async Task A_staged_object_of_any_size_is_seen_whole_after_it_is_published(int size, int piece)
    {
        await using IObjectStore store = await CreateAsync();
        byte[] bytes = Noise(size < 0 ? SeveralParts : size);
        var buffer = new byte[Math.Min(piece, Math.Max(1, bytes.Length))];
        await using IStagedObject staged = await store.StageAsync("d/x.bin", default);
        Assert.Equal("d/x.bin", staged.Name);
        for (int at = 0; at < bytes.Length; at += buffer.Length)
        {
            int count = Math.Min(buffer.Length, bytes.Length - at);
            bytes.AsSpan(at, count).CopyTo(buffer);
            await staged.WriteAsync(buffer.AsMemory(0, count), default);
            Assert.Equal(at + count, staged.Position);

            // The caller's memory is the caller's again.
            Array.Clear(buffer);
        }

        Assert.Empty(await ListAsync(store, ""));
        Assert.Null(await store.FindAsync("d/x.bin", default));
        ObjectInfo published = await staged.PublishAsync(PutCondition.IfAbsent, default);
        Assert.Equal(("d/x.bin", bytes.Length), (published.Name, published.Size));
        Assert.Equal(published.ETag, (await store.FindAsync("d/x.bin", default))!.ETag);
        Assert.Equal(["d/x.bin"], await ListAsync(store, ""));
        Assert.Equal(bytes, await BytesAsync(store, "d/x.bin"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_staged_object_that_is_not_published_leaves_nothing(bool severalParts)
    {
        await using IObjectStore store = await CreateAsync();
        await using (IStagedObject staged = await store.StageAsync("x.csv", default))
        {
            await staged.WriteAsync(Noise(severalParts ? SeveralParts : 10), default);
        }

        Assert.Empty(await ListAsync(store, ""));
        await AssertNothingStagedAsync(store);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publishing_under_a_condition_that_does_not_hold_changes_nothing_and_leaves_nothing(bool severalParts)
    {
        await using IObjectStore store = await CreateAsync();
        ObjectInfo old = await PutAsync(store, "x", "1");
        ObjectInfo now = await PutAsync(store, "x", "22");
        byte[] bytes = Noise(severalParts ? SeveralParts : 10);
        foreach ((PutCondition condition, ErrorCode code) in new[] { (PutCondition.IfAbsent, StorageErrors.AlreadyExists), (PutCondition.IfMatch(old.ETag), StorageErrors.Changed) })
        {
            await using IStagedObject late = await store.StageAsync("x", default);
            await late.WriteAsync(bytes, default);
            await FailsAsync(code, async () => await late.PublishAsync(condition, default));
        }

        Assert.Equal("22", await TextAsync(store, "x"));
        await AssertNothingStagedAsync(store);
        await using IStagedObject staged = await store.StageAsync("x", default);
        await staged.WriteAsync(bytes, default);
        await staged.PublishAsync(PutCondition.IfMatch(now.ETag), default);
        Assert.Equal(bytes, await BytesAsync(store, "x"));
    }

    [Fact]
    public async Task Two_that_stage_the_same_name_do_not_mix()
    {
        await using IObjectStore store = await CreateAsync();
        byte[] one = Noise(SeveralParts, seed: 1);
        byte[] two = Noise(SeveralParts + 7, seed: 2);
        await using IStagedObject first = await store.StageAsync("x", default);
        await using IStagedObject second = await store.StageAsync("x", default);
        await first.WriteAsync(one.AsMemory(0, 100), default);
        await second.WriteAsync(two, default);
        await first.WriteAsync(one.AsMemory(100), default);
        await first.PublishAsync(PutCondition.Any, default);
        Assert.Equal(one, await BytesAsync(store, "x"));
        if (!StagesApart)
        {
            await FailsAsync(StorageErrors.Changed, async () => await second.PublishAsync(PutCondition.Any, default));
            Assert.Equal(one, await BytesAsync(store, "x"));
            return;
        }

        await second.PublishAsync(PutCondition.Any, default);
        Assert.Equal(two, await BytesAsync(store, "x"));
    }

    [Fact]
    public async Task Removing_what_is_stale_keeps_what_is_published_and_what_is_in_use()
    {
        await using IObjectStore store = await CreateAsync();
        await PutAsync(store, "x.csv", "1");
        await using IStagedObject live = await store.StageAsync("x.csv", default);
        await live.WriteAsync(Noise(SeveralParts), default);
        await store.RemoveStaleAsync("x.csv", default);
        await store.RemoveStaleAsync("", default);
        await store.RemoveStaleAsync("no/such/folder/", default);
        await live.PublishAsync(PutCondition.Any, default);
        Assert.Equal(Noise(SeveralParts), await BytesAsync(store, "x.csv"));
    }

    /// <summary>Looks behind the store for anything that was staged and is still there.</summary>
    protected virtual ValueTask AssertNothingStagedAsync(IObjectStore store) => ValueTask.CompletedTask;
}
