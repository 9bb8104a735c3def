using System.Text;
using Millrace.TestKit;

namespace Millrace.Storage.Tests.Local;

public sealed class LocalLockTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LocalStore _store;

    public LocalLockTests() => _store = new LocalStore(_folder.Path);

    [Fact]
    public async Task A_lock_that_was_broken_belongs_to_the_new_holder_and_the_old_one_can_tell()
    {
        await using IStoreLock? old = await _store.TryLockAsync("a/lock", "old", default);
        Assert.True(await old!.IsHeldAsync(default));
        await using (IStoreLock? taker = await _store.BreakLockAsync("a/lock", "new", default))
        {
            Assert.False(await old.IsHeldAsync(default));
            Assert.True(await taker!.IsHeldAsync(default));
            Assert.Equal("new", await _store.ReadLockNoteAsync("a/lock", default));
            Assert.Null(await _store.TryLockAsync("a/lock", "third", default));
        }

        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task The_old_holder_gives_back_nothing_that_is_not_its_own()
    {
        IStoreLock? old = await _store.TryLockAsync("lock", "old", default);
        await using IStoreLock? taker = await _store.BreakLockAsync("lock", "new", default);
        await old!.DisposeAsync();
        Assert.True(await taker!.IsHeldAsync(default));
        Assert.Null(await _store.TryLockAsync("lock", "third", default));
        Assert.Equal("new", await _store.ReadLockNoteAsync("lock", default));
    }

    [Fact]
    public async Task A_lock_that_nobody_holds_can_be_broken_too()
    {
        await using IStoreLock? taker = await _store.BreakLockAsync("lock", "new", default);
        Assert.True(await taker!.IsHeldAsync(default));
    }

    [Theory]
    [InlineData("out.csv", "out.csv.gz", "out")]
    [InlineData("0123456789012345678901234567890123456789-one.csv", "0123456789012345678901234567890123456789-two.csv", "0123456789012345678901234567890123456789")]
    public async Task What_others_staged_for_one_object_goes_and_what_they_staged_for_another_stays(string name, string longer, string shorter)
    {
        await using IStagedObject mine = await Stage(name);
        await using IStagedObject again = await Stage(name);
        await using IStagedObject first = await Stage(longer);
        await using IStagedObject second = await Stage(shorter);
        await _store.RemoveStagedAsync(name, default);
        foreach (IStagedObject gone in (IStagedObject[])[mine, again])
        {
            Assert.Equal(StorageErrors.NotFound, (await Assert.ThrowsAsync<MillraceException>(async () => await gone.PublishAsync(PutCondition.Any, default))).Code);
        }

        await first.PublishAsync(PutCondition.Any, default);
        await second.PublishAsync(PutCondition.IfAbsent, default);
        Assert.Equal([.. new[] { longer, shorter }.Order(StringComparer.Ordinal)], _folder.Files());
    }

    public void Dispose() => _folder.Dispose();

    private async Task<IStagedObject> Stage(string name)
    {
        IStagedObject staged = await _store.StageAsync(name, default);
        await staged.WriteAsync(Encoding.UTF8.GetBytes(name), default);
        return staged;
    }
}
