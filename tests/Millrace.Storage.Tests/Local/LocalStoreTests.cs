using System.Text;
using Millrace.TestKit;

namespace Millrace.Storage.Tests;

public sealed class LocalStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LocalStore _store;

    public LocalStoreTests() => _store = new LocalStore(_folder.Path, "lake");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_put_is_read_back_with_its_size_and_tag()
    {
        ObjectInfo put = await Put("a/b.txt", "hello");
        await using IObjectReader reader = await _store.OpenAsync("a/b.txt", default);
        var bytes = new byte[3];
        Assert.Equal(3, await reader.ReadAsync(1, bytes, default));
        Assert.Equal("ell", Encoding.UTF8.GetString(bytes));
        Assert.Equal(0, await reader.ReadAsync(5, bytes, default));
        Assert.Equal((5L, put.ETag), (reader.Info.Size, reader.Info.ETag));
        Assert.Equal(put, await _store.FindAsync("a/b.txt", default));
        Assert.Null(await _store.FindAsync("a/c.txt", default));
    }

    [Fact]
    public async Task A_staged_object_is_neither_listed_nor_found_before_it_is_published()
    {
        await using IStagedObject staged = await _store.StageAsync("x.csv", default);
        await staged.WriteAsync("half"u8.ToArray(), default);
        Assert.Empty(await List(""));
        Assert.Null(await _store.FindAsync("x.csv", default));
        await staged.PublishAsync(PutCondition.IfAbsent, default);
        Assert.Equal(["x.csv"], await List(""));
        Assert.Equal(["x.csv"], _folder.Files());
    }

    [Fact]
    public async Task A_staged_object_that_is_not_published_leaves_nothing()
    {
        await using (IStagedObject staged = await _store.StageAsync("x.csv", default))
        {
            await staged.WriteAsync("half"u8.ToArray(), default);
        }

        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task Listing_is_in_ordinal_order_of_full_names()
    {
        string[] names = ["a-b/x", "a/y", "a.txt", "a/b/c", "b", "Z", "a/b.c", "ab"];
        foreach (string name in names)
        {
            await Put(name, "1");
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), await List(""));
        Assert.Equal(["a/b.c", "a/b/c"], await List("a/b"));
        Assert.Equal(["a/b/c"], await List("a/b/"));
        Assert.Empty(await List("nothing/here"));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("")]
    [InlineData("a/")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\\..\\b")]
    public async Task A_name_that_leads_elsewhere_is_refused(string name)
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () => await Put(name, "x"));
        Assert.Equal(StorageErrors.NameNotAllowed, error.Code);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task Only_one_of_many_writers_creates_an_object_that_must_be_absent()
    {
        var won = new System.Collections.Concurrent.ConcurrentBag<int>();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            try
            {
                await _store.PutAsync("one", Encoding.UTF8.GetBytes($"{i}"), PutCondition.IfAbsent, default);
                won.Add(i);
            }
            catch (MillraceException e) when (e.Code == StorageErrors.AlreadyExists)
            {
            }
        })));
        Assert.Equal($"{Assert.Single(won)}", File.ReadAllText(_folder["one"]));
        Assert.Equal(["one"], _folder.Files());
    }

    [Fact]
    public async Task A_write_on_an_outdated_tag_fails_and_changes_nothing()
    {
        ObjectInfo first = await Put("x", "1");
        ObjectInfo second = await _store.PutAsync("x", "22"u8.ToArray(), PutCondition.IfMatch(first.ETag), default);
        Assert.NotEqual(first.ETag, second.ETag);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(
            async () => await _store.PutAsync("x", "333"u8.ToArray(), PutCondition.IfMatch(first.ETag), default));
        Assert.Equal(StorageErrors.Changed, error.Code);
        Assert.Equal("22", File.ReadAllText(_folder["x"]));
    }

    [Fact]
    public async Task Moving_onto_an_object_that_must_be_absent_keeps_both()
    {
        await Put("from", "1");
        await Put("d/to", "2");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () => await _store.MoveAsync("from", "d/to", PutCondition.IfAbsent, default));
        Assert.Equal(StorageErrors.AlreadyExists, error.Code);
        Assert.Equal(["d/to", "from"], await List(""));
        await _store.MoveAsync("from", "d/to", PutCondition.Any, default);
        Assert.Equal("1", File.ReadAllText(_folder["d/to"]));
        Assert.Equal(["d/to"], _folder.Files());
    }

    [Fact]
    public async Task Deleting_what_is_not_there_is_no_error()
    {
        await _store.DeleteAsync("no/such", default);
        await Put("x", "1");
        await _store.DeleteAsync("x", default);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task Stale_files_are_removed_and_those_in_use_are_kept()
    {
        File.WriteAllText(_folder[".x.csv.0123456789abcdef.mrtmp"], "half");
        File.WriteAllText(_folder[".y.csv.0123456789abcdef.mrtmp"], "half");
        await using IStagedObject live = await _store.StageAsync("x.csv", default);
        await _store.RemoveStaleAsync("x.csv", default);
        Assert.Equal(2, _folder.Files().Count);
        Assert.DoesNotContain(".x.csv.0123456789abcdef.mrtmp", _folder.Files());
        await live.PublishAsync(PutCondition.Any, default);
    }

    [Fact]
    public async Task Many_objects_are_removed_and_those_that_are_not_there_are_no_error()
    {
        await Put("a/1", "1");
        await Put("a/2", "2");
        await Put("b/1", "3");
        await ((IObjectStore)_store).DeleteAllAsync(["a/1", "nowhere/2", "b/1", "b/1"], default);
        Assert.Equal(["a/2"], await List(""));
        Assert.Equal(StorageErrors.NameNotAllowed, (await Assert.ThrowsAsync<MillraceException>(async () => await _store.DeleteAllAsync(["../x"], default))).Code);
    }

    [Fact]
    public async Task A_lock_keeps_others_out_until_it_is_given_back()
    {
        await using (IStoreLock? first = await _store.TryLockAsync("job/lock", "me", default))
        {
            Assert.NotNull(first);
            Assert.Null(await _store.TryLockAsync("job/lock", "you", default));
            Assert.Equal("me", await _store.ReadLockNoteAsync("job/lock", default));
        }

        Assert.Empty(_folder.Files());
        Assert.Null(await _store.ReadLockNoteAsync("job/lock", default));
        await using IStoreLock? second = await _store.TryLockAsync("job/lock", "you", default);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task Of_many_who_want_a_lock_one_has_it_at_a_time()
    {
        int holders = 0;
        int taken = 0;
        await Parallel.ForAsync(0, 8, async (_, cancellation) =>
        {
            for (int i = 0; i < 300; i++)
            {
                if (await _store.TryLockAsync("lock", "me", cancellation) is { } held)
                {
                    Assert.Equal(1, Interlocked.Increment(ref holders));
                    await Task.Yield();
                    Interlocked.Increment(ref taken);
                    Interlocked.Decrement(ref holders);
                    await held.DisposeAsync();
                }
            }
        });
        Assert.True(taken > 0);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task Links_to_folders_are_not_followed_and_links_to_files_are()
    {
        await Put("real/a", "1");
        Directory.CreateSymbolicLink(_folder["loop"], _folder.Path);
        File.CreateSymbolicLink(_folder["b"], _folder["real/a"]);
        File.CreateSymbolicLink(_folder["dangling"], _folder["nothing"]);
        Assert.Equal(["b", "real/a"], await List(""));
    }

    private async Task<ObjectInfo> Put(string name, string text)
        => await _store.PutAsync(name, Encoding.UTF8.GetBytes(text), PutCondition.Any, default);

    private async Task<List<string>> List(string prefix) => await _store.ListAsync(prefix, null, default).Select(o => o.Name).ToListAsync();
}
